// Which file systems are asked at once, in the event loop, and which by a thread of the pool: the others wait for the former.
import { fileSystemKind } from './file-system-kind.ts';

/** `auto`: at once what takes no longer than a thread's round trip, as a rule; `pool`: whatever may wait for a disk, by threads. */
export const FILE_CALLS = ['auto', 'pool'] as const;
export type FileCallsSetting = (typeof FILE_CALLS)[number];

/**
 * A disk that has more writes waiting than the kernel allows makes each one who adds to them wait, 200 ms at a time on Linux.
 * A call that is interrupted by another process takes some milliseconds, too: that alone is no reason.
 */
const SLOW_MS = 5;
const MOST_LOST_MS = 100;
/** What was lost is forgotten at this rate: a tenth of the time may go that way. */
const FORGOTTEN_PER_MS = 0.1;
const SHUNNED_FOR_MS = 10_000;

interface Slowness {
  lostMs: number;
  atMs: number;
  /** Until then it is not asked at once. */
  shunnedUntilMs: number;
}

/** By device number: those that were slow. */
const slow = new Map<number, Slowness>();

export interface Place {
  readonly fd: number;
  /** Its device number, as in stat(2). */
  readonly device: number;
}

/** Whether calls that change the file's system may be made at once: it is this machine's own, and was quick lately. */
export function answersAtOnce({ fd, device }: Place): boolean {
  if (fileSystemKind(fd, device) === 'other') return false;
  const slowness = slow.get(device);
  return slowness === undefined || slowness.shunnedUntilMs <= performance.now();
}

/** Makes a call at once. A device that keeps its callers waiting is left to the pool for a while. */
export function atOnce<T>({ device }: Place, call: () => T): T {
  const startMs = performance.now();
  try {
    return call();
  } finally {
    const endMs = performance.now();
    if (endMs - startMs > SLOW_MS) noteSlow(device, endMs - startMs, endMs);
  }
}

function noteSlow(device: number, tookMs: number, nowMs: number): void {
  const before = slow.get(device) ?? { lostMs: 0, atMs: nowMs, shunnedUntilMs: 0 };
  const lostMs = Math.max(before.lostMs - (nowMs - before.atMs) * FORGOTTEN_PER_MS, 0) + tookMs;
  const shunned = lostMs > MOST_LOST_MS;
  const shunnedUntilMs = shunned ? nowMs + SHUNNED_FOR_MS : before.shunnedUntilMs;
  slow.set(device, { lostMs: shunned ? 0 : lostMs, atMs: nowMs, shunnedUntilMs });
}
