// What asks a Redis that may be gone, and is not to keep anybody from ending.
import { systemClock } from '../../clock.ts';

/** Resolves with undefined where it takes longer, or rejects: whoever ends has nobody to tell. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const ended = new AbortController();
  const late = systemClock.sleep(ms, ended.signal).catch(() => {});
  try {
    return (await Promise.race([work.catch(() => undefined), late])) ?? undefined;
  } finally {
    ended.abort();
  }
}
