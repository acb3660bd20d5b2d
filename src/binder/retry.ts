// The retry schedules of real FTP daemons, and the loop that follows one.
import { type Clock, MAX_TIMER_MS, systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import { readDecimal } from '../units.ts';
import { RETRY_PRESETS, type RetryPreset, type RetrySetting, type WaitRange } from './types.ts';

/** Waits between bind calls in schedule seconds, [min, max]; one more bind than there are waits. */
const PRESETS: Readonly<Record<RetryPreset, readonly (readonly [number, number])[]>> = {
  // 4.4BSD ftpd.c dataconn(): for (tries = 1;; tries++) { bind; if (tries > 10) goto bad; sleep(tries); }
  bsd: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((s) => [s, s]),
  // ProFTPD 1.3.8 pr_inet_create_connection(): ten tries, one second apart.
  proftpd: new Array(9).fill([1, 1]),
  // vsftpd 3: one more try after a random sleep of one to two seconds (vsf_sysutil_sleep on 1.0 + rand).
  vsftpd: [[1, 2]],
  none: [],
};

const MAX_TRIES = 1000;

/** The waits of a schedule in milliseconds. @throws UsageError for numbers that cannot be waited */
export function waitsOf(retry: RetrySetting, timeUnitMs: number): readonly WaitRange[] {
  const waits = typeof retry === 'string' ? PRESETS[retry] : retry.map((s) => [s, s] as const);
  if (waits === undefined) throw new UsageError(unknownPreset(String(retry)));
  if (waits.length >= MAX_TRIES || waits.flat().some((s) => !Number.isFinite(s) || s < 0)) {
    throw new UsageError(
      `retry schedule must be fewer than ${MAX_TRIES} waits of 0 seconds or more, not ${quoted(retry)}`,
    );
  }
  if (!(timeUnitMs > 0 && Number.isFinite(timeUnitMs))) {
    throw new UsageError(`time unit must be more than 0 ms, not '${timeUnitMs}'`);
  }
  const ranges = waits.map(([min, max]) => ({ minMs: min * timeUnitMs, maxMs: max * timeUnitMs }));
  if (longestWaitMs(ranges) <= MAX_TIMER_MS) return ranges;
  throw new UsageError(`retry schedule ${quoted(retry)} waits longer than ${MAX_TIMER_MS} ms in all`);
}

/** The longest that a schedule can wait in all, in milliseconds. */
export function longestWaitMs(waits: readonly WaitRange[]): number {
  return waits.reduce((sum, { maxMs }) => sum + maxMs, 0);
}

/** Reads `bsd`, `none`, … or `1,2,3` (schedule seconds between the binds). @throws UsageError */
export function parseRetry(text: string): RetrySetting {
  const preset = RETRY_PRESETS.find((name) => name === text);
  if (preset !== undefined) return preset;
  const waits = text.split(',').map((part) => readDecimal(part.trim()));
  if (waits.some((wait) => Number.isNaN(wait))) throw new UsageError(unknownPreset(text));
  waitsOf(waits, 1);
  return waits;
}

function unknownPreset(text: string): string {
  return `unknown retry schedule ${quoted(text)}: use ${RETRY_PRESETS.join(', ')}, or the waits in seconds such as 1,2,3`;
}

export interface Tried<T> {
  readonly value: T;
  readonly tries: number;
  readonly waitedMs: number;
}

/** Why the loop gave up; `cause` is what the last try threw, or the signal's reason. */
export class TriesExhausted extends Error {
  override readonly name = 'TriesExhausted';
  readonly tries: number;
  readonly waitedMs: number;
  readonly aborted: boolean;
  constructor(cause: unknown, tried: { tries: number; waitedMs: number; aborted: boolean }) {
    super(`gave up after ${tried.tries} tries`, { cause });
    this.tries = tried.tries;
    this.waitedMs = tried.waitedMs;
    this.aborted = tried.aborted;
  }
}

export interface RetryLoop {
  readonly waits: readonly WaitRange[];
  /** Whether this failure is one that waiting can cure. */
  readonly isCurable: (error: unknown) => boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Calls `attempt` until it returns, the waits are used up, or `signal` aborts. @throws TriesExhausted */
export async function retrying<T>(attempt: () => T, loop: RetryLoop): Promise<Tried<T>> {
  const { waits, isCurable, clock = systemClock, random = Math.random, signal } = loop;
  const startedAtMs = clock.nowMs();
  let slept = false;
  const waitedMs = () => (slept ? clock.nowMs() - startedAtMs : 0);
  for (let tries = 1; ; tries++) {
    if (signal?.aborted)
      throw new TriesExhausted(signal.reason, { tries: tries - 1, waitedMs: waitedMs(), aborted: true });
    try {
      return { value: attempt(), tries, waitedMs: waitedMs() };
    } catch (error) {
      const wait = waits[tries - 1];
      if (wait === undefined || !isCurable(error)) {
        throw new TriesExhausted(error, { tries, waitedMs: waitedMs(), aborted: false });
      }
      slept = true;
      await pause(wait, tries);
    }
  }

  async function pause({ minMs, maxMs }: WaitRange, tries: number): Promise<void> {
    try {
      await clock.sleep(minMs + (maxMs - minMs) * random(), signal);
    } catch (reason) {
      throw new TriesExhausted(reason, { tries, waitedMs: waitedMs(), aborted: true });
    }
  }
}
