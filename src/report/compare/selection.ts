// Which contestants and scenarios of one or two results are compared; a name that a result does not have is told.
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { contestantsOf } from '../../plan/contestants.ts';
import type { Contestant } from '../../plan/types.ts';
import type { RunResult } from '../../result/types.ts';

/** @throws UsageError when the result was made without it */
export function contestantOf({ requested }: RunResult, name: string): Contestant {
  const contestants = contestantsOf(requested);
  const names = contestants.map((one) => one.name);
  return contestants[names.indexOf(requireOneOf(names, name, 'strategy'))] as Contestant;
}

/** All scenarios of a result, or the one asked for. @throws UsageError when it is not there */
export function scenariosOf({ requested }: RunResult, only?: string): readonly string[] {
  const names = requested.scenarios.map(({ name }) => name);
  return only === undefined ? names : [requireOneOf(names, only, 'scenario')];
}

/** @throws UsageError when there is none */
export function sharedScenarios(a: RunResult, b: RunResult, only?: string): readonly string[] {
  return shared(scenariosOf(a, only), scenariosOf(b, only), 'scenario');
}

/** Baseline and candidate by name; one name alone stands for both; without any, each that both results have. */
export function contestantPairs(
  a: RunResult,
  b: RunResult,
  { baseline, candidate }: { readonly baseline?: string; readonly candidate?: string },
): readonly (readonly [baseline: Contestant, candidate: Contestant])[] {
  const [from, to] = [baseline ?? candidate, candidate ?? baseline];
  if (from !== undefined && to !== undefined) return [[contestantOf(a, from), contestantOf(b, to)]];
  const both = shared(namesOf(a), namesOf(b), 'strategy');
  return both.map((name) => [contestantOf(a, name), contestantOf(b, name)]);
}

function namesOf({ requested }: RunResult): readonly string[] {
  return contestantsOf(requested).map(({ name }) => name);
}

/**
 * When a run began that both have in them, under whatever names: a run that was taken up again, or merged with others,
 * too. Of it and itself no number of blocks would tell anything.
 */
export function sharedRun(a: RunResult, b: RunResult): string | undefined {
  const ofB = new Set(runsIn(b).map(nameOf));
  return runsIn(a).find((run) => ofB.has(nameOf(run)))?.startedAt;
}

type RunOf = Pick<RunResult['merged'][number], 'startedAt' | 'seed'>;

function runsIn({ merged, startedAt, requested: { seed } }: RunResult): readonly RunOf[] {
  return merged.length > 0 ? merged : [{ startedAt, seed }];
}

function nameOf({ startedAt, seed }: RunOf): string {
  return `${startedAt} ${seed}`;
}

/** A reason to trust a comparison less. `run`: which of two; null where there is one. */
export type ComparisonCaution =
  | { readonly id: 'unlike' }
  | { readonly id: 'invalid' | 'ended-early'; readonly run: 'A' | 'B' | null };

/** What makes a comparison of these results doubtful. */
export function soundness(results: readonly RunResult[]): ComparisonCaution[] {
  const name = (index: number) => (results.length === 1 ? null : index === 0 ? 'A' : 'B');
  const invalid = results.flatMap(({ valid }, index) =>
    valid ? [] : [{ id: 'invalid', run: name(index) } as const],
  );
  const partial = results.flatMap(({ partial: ended }, index) =>
    ended ? [{ id: 'ended-early', run: name(index) } as const] : [],
  );
  return [...invalid, ...partial];
}

function requireOneOf(names: readonly string[], wanted: string, what: string): string {
  if (names.includes(wanted)) return wanted;
  throw new UsageError(
    `the result has no ${what} '${wanted}'${didYouMean(wanted, names)}: it has ${names.join(', ')}`,
  );
}

function shared(a: readonly string[], b: readonly string[], what: string): readonly string[] {
  const both = a.filter((name) => b.includes(name));
  if (both.length > 0) return both;
  throw new UsageError(
    `the two results share no ${what}: ${a.join(', ')} in the first, ${b.join(', ')} in the second`,
  );
}
