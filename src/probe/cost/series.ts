// One series: a port that fills up with sockets of one kind, and at each size many binds and connects, timed.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Endpoint } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { socketAddress, TimedSocket } from '../../net/bind-cost.ts';
import type { BindOptions } from '../../net/descriptor.ts';
import { BIND_OPTIONS } from '../bind-options.ts';
import type { CostCall, CostPoint } from '../types.ts';
import { type HolderKind, Holders } from './holders.ts';
import type { Peers } from './peers.ts';

/** Sockets between two looks at the signal and the clock: below a tenth of a second even at the slowest. */
const BATCH = 200;
/** Enough for a median. */
const LEAST_CALLS = 200;
/** Time that one kind of call may take at one number of sockets. */
const POINT_MS = 250;
/** Sockets on the port at once for the sake of timing connects, above the number that is measured. */
const CONNECTS_TOGETHER = 8;

export interface PointPlan extends HolderKind {
  readonly local: Endpoint;
  /** At most; where a call is slow, 200 must do. */
  readonly callsPerPoint: number;
}

export interface SeriesPlan extends PointPlan {
  /** Ascending; at each of these numbers of sockets the calls are timed. */
  readonly sizes: readonly number[];
  readonly deadlineMs: number;
}

export interface SeriesResult {
  readonly points: readonly CostPoint[];
  /** Sockets that the last point claims, and that the kernel still knew then. */
  readonly claimed: number;
  readonly present: number | null;
  /** The size that was not reached before the deadline. */
  readonly missed: number | undefined;
}

/** @throws SystemCallError, or the signal's reason; either way only TIME_WAIT sockets are left */
export async function measureSeries(
  plan: SeriesPlan,
  peers: Peers,
  signal?: AbortSignal,
): Promise<SeriesResult> {
  const holders = new Holders(plan, plan.local, peers);
  const points: CostPoint[] = [];
  try {
    for (const size of plan.sizes) {
      if (!(await fill(holders, size, plan.deadlineMs, signal))) {
        return { ...counted(holders, points), missed: size };
      }
      points.push(...measurePoint(plan, peers, size));
    }
    return { ...counted(holders, points), missed: undefined };
  } finally {
    holders.close();
  }
}

function counted(holders: Holders, points: readonly CostPoint[]): Omit<SeriesResult, 'missed'> {
  return { points, claimed: holders.count, present: holders.present() };
}

/** @returns false when time ran out first */
async function fill(
  holders: Holders,
  size: number,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await nextTurn();
    signal?.throwIfAborted();
    for (let i = 0; i < BATCH && holders.count < size; i++) holders.addOne();
    if (holders.count >= size) return true;
    if (systemClock.nowMs() > deadlineMs) return false;
  }
}

/** Both calls, timed on sockets that come and go, so that the number on the port stays. @throws SystemCallError */
export function measurePoint(plan: PointPlan, peers: Peers, sockets: number): CostPoint[] {
  const local = socketAddress(plan.local.address, plan.local.port);
  const point = (call: CostCall, nanoseconds: readonly number[]): CostPoint => {
    const { options, state } = plan;
    return { options, state, call, sockets, ...summaryOf(nanoseconds) };
  };
  return [point('bind', timeBinds(plan, local)), point('connect', timeConnects(plan, local, peers))];
}

function timeBinds({ options, callsPerPoint }: PointPlan, local: Buffer): number[] {
  return gather(callsPerPoint, () => {
    const socket = TimedSocket.open(BIND_OPTIONS[options], { resetOnClose: true });
    try {
      return [socket.bind(local)];
    } finally {
      socket.close();
    }
  });
}

/** Some binds, then their connects: one right after its own bind would pay for the caches that a long walk emptied. */
function timeConnects({ options, callsPerPoint }: PointPlan, local: Buffer, peers: Peers): number[] {
  const together = options === 'none' ? 1 : CONNECTS_TOGETHER;
  return gather(callsPerPoint, () => connectTogether(together, BIND_OPTIONS[options], local, peers));
}

/** As many as are wanted; fewer, but `LEAST_CALLS`, where they are slow, for nothing can interrupt them. */
function gather(wanted: number, some: () => readonly number[]): number[] {
  const enoughAtMs = systemClock.nowMs() + POINT_MS;
  const nanoseconds: number[] = [];
  while (nanoseconds.length < wanted) {
    if (nanoseconds.length >= LEAST_CALLS && systemClock.nowMs() > enoughAtMs) break;
    nanoseconds.push(...some());
  }
  return nanoseconds;
}

function connectTogether(count: number, options: BindOptions, local: Buffer, peers: Peers): number[] {
  const sockets: TimedSocket[] = [];
  const nanoseconds: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const socket = TimedSocket.open(options, { resetOnClose: true });
      sockets.push(socket);
      socket.bind(local);
    }
    for (const socket of sockets) {
      const remote = peers.passingPeer();
      nanoseconds.push(socket.connect(remote));
    }
  } finally {
    for (const socket of sockets) socket.close();
  }
  for (let i = 0; i < count; i++) peers.closePassing();
  return nanoseconds;
}

function summaryOf(
  nanoseconds: readonly number[],
): Pick<CostPoint, 'medianMicroseconds' | 'p90Microseconds' | 'calls'> {
  const ascending = [...nanoseconds].sort((a, b) => a - b);
  const quantile = (p: number) => (ascending[Math.ceil(p * ascending.length) - 1] ?? 0) / 1000;
  return { medianMicroseconds: quantile(0.5), p90Microseconds: quantile(0.9), calls: ascending.length };
}
