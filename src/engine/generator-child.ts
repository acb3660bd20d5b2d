// One generator process as whoever starts it sees it: logged in, started, stopped, and told of as it goes.
import type { LoadResult } from '../load/load.ts';
import type { StartedLoad } from '../load/spec.ts';
import type { Attempt } from '../result/attempt.ts';
import { HERE, type Inside } from '../run/engine.ts';
import { ask, type Child, startChild } from './child.ts';
import type { FromGenerator, ToGenerator } from './messages.ts';

export type GeneratorChild = Child<ToGenerator, FromGenerator>;

/** At least that many, of which the known ones that live are some. One that died while nothing was asked of it costs no block. */
export async function readyGenerators(
  known: readonly GeneratorChild[],
  count: number,
  inside: Inside = HERE,
): Promise<GeneratorChild[]> {
  const present = known.filter((child) => child.alive);
  await Promise.all(known.filter((child) => !child.alive).map((child) => child.end()));
  const missing = Math.max(0, count - present.length);
  const added = Array.from({ length: missing }, () =>
    startChild<ToGenerator, FromGenerator>('load generator', './generator.js', { inside }),
  );
  try {
    await Promise.all(added.map((child) => child.next('up')));
  } catch (error) {
    // Nobody else knows of them.
    await Promise.all(added.map((child) => child.end()));
    throw error;
  }
  return [...present, ...added];
}

/** @throws InvalidRunError when a session cannot log in, or the process dies */
export async function logIn(child: GeneratorChild, load: StartedLoad): Promise<void> {
  await ask(child, { type: 'log-in', load }, 'ready');
}

/** Runs what was logged in from `startMs` on, by `Clock.nowMs()`. @throws InvalidRunError when the process dies */
export async function carry(
  child: GeneratorChild,
  startMs: number,
  onAttempts: (attempts: readonly Attempt[]) => void,
): Promise<LoadResult> {
  const release = child.on('attempts', ({ attempts }) => onAttempts(attempts));
  try {
    return await ask(child, { type: 'go', startMs }, 'done');
  } finally {
    release();
  }
}
