// How many sockets a measurement may make here: what was asked for, cut by descriptors and by the room for TIME_WAIT.
import { readdirSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { readDescriptorLimit, readSysctl, readTimeWaitCount } from '../../net/proc.ts';
import type { CostState } from '../types.ts';

export const DEFAULT_MAX_SOCKETS = 16_000;
const LEAST_MAX_SOCKETS = 32;
const MOST_MAX_SOCKETS = 100_000;
/** Left to listeners, to the socket that is timed and to the rest of the process. */
const SPARE_DESCRIPTORS = 128;
/** Of the room that is left for TIME_WAIT: beyond the limit the kernel drops them, and a point would claim too many. */
const TIME_WAIT_SHARE = 0.9;
/** They follow each other within a minute, so they share it. */
const TIME_WAIT_SERIES = 3;

export interface Room {
  /** Sockets that may be open at once; null where there is no limit that we know. */
  readonly descriptors: number | null;
  /** Sockets that may be in TIME_WAIT besides those that are; null likewise. */
  readonly timeWait: number | null;
}

export function findRoom(): Room {
  const limit = readDescriptorLimit();
  const buckets = readSysctl('net.ipv4.tcp_max_tw_buckets');
  return {
    descriptors: limit === null ? null : Math.max(0, limit - openDescriptors() - SPARE_DESCRIPTORS),
    timeWait: buckets === null ? null : Math.max(0, Number(buckets) - (readTimeWaitCount() ?? 0)),
  };
}

/** Sockets of one series in `state`. */
export function socketsWithin(maxSockets: number, state: CostState, { descriptors, timeWait }: Room): number {
  if (state !== 'time-wait') return Math.min(maxSockets, descriptors ?? maxSockets);
  if (timeWait === null) return maxSockets;
  return Math.min(maxSockets, Math.floor((TIME_WAIT_SHARE * timeWait) / TIME_WAIT_SERIES));
}

/** 0, then doubling from a 32nd up to `most`: a line needs far points, a curve shows between near ones. */
export function sizesUpTo(most: number): number[] {
  const shares = [0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];
  return [...new Set(shares.map((share) => Math.round(share * most)))];
}

/** @throws UsageError */
export function checkMaxSockets(maxSockets: number): number {
  if (Number.isInteger(maxSockets) && maxSockets >= LEAST_MAX_SOCKETS && maxSockets <= MOST_MAX_SOCKETS) {
    return maxSockets;
  }
  throw new UsageError(
    `maxSockets must be a whole number from ${LEAST_MAX_SOCKETS} to ${MOST_MAX_SOCKETS}, not '${maxSockets}'`,
  );
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
