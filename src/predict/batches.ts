// What goes together: a server process reads the commands of one moment in one go, and so it ends their waits.
import type { Random } from '../stats/random.ts';
import type { Batches, Draws } from './model.ts';

/** Draws for one session at one time. */
export interface BatchDraws {
  /** For a transfer that starts at `atMs`. */
  forStart(session: number, atMs: number): Draws;
  /** For a wait that is due at `atMs`. */
  forWait(session: number, atMs: number): Draws;
  /** By how much such a transfer binds later than the first of those that its process reads with it. */
  behindOthersMs(session: number, atMs: number): number;
}

/**
 * What one command takes of its process before the bind: those of one moment are read in one go, and served one behind the
 * other. Found over A/A runs: without it a quiet machine has a tenth fewer failures than are simulated, with 0.05 a busy one
 * has a twelfth more (test/predict/aa-band.mjs).
 */
const SERVED_MS = 0.03;

/** With batches, sessions of one process draw the same numbers in one of them; without, each draws its own. */
export function batchDraws(batches: Batches | null, random: Random): BatchDraws {
  if (batches === null) return { forStart: () => random, forWait: () => random, behindOthersMs: () => 0 };
  const { processes, lengthMs } = batches;
  const seed = random.integer(2 ** 32);
  let current = 0;
  // One object for all: a draw is used up before the next one is asked for.
  const shared: Draws = { uniform: () => current };
  const drawOf = (kind: number, session: number, atMs: number): Draws => {
    const group = 2 * (session % processes) + kind;
    current = hash(seed, Math.floor(atMs / lengthMs), group) / 2 ** 32;
    return shared;
  };
  const lines = Array.from({ length: processes }, () => ({ moment: -1, length: 0 }));
  return {
    forStart: (session, atMs) => drawOf(0, session, atMs),
    forWait: (session, atMs) => drawOf(1, session, atMs),
    behindOthersMs(session, atMs) {
      const line = lines[session % processes] as (typeof lines)[number];
      const moment = Math.floor(atMs / lengthMs);
      if (line.moment !== moment) Object.assign(line, { moment, length: 0 });
      return line.length++ * SERVED_MS;
    },
  };
}

/** 32 bits as good as random, by MurmurHash3's finalizer; the odd factors keep neighbours apart. */
function hash(seed: number, batch: number, group: number): number {
  return mixed(mixed(seed + Math.imul(batch, 0x9e3779b1)) + Math.imul(group + 1, 0x85ebca77));
}

function mixed(bits: number): number {
  let z = bits | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
