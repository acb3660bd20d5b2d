// Which strategies and scenarios of one or two results are compared; a name that a result does not have is told.
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { contestantsOf } from '../../plan/contestants.ts';
import type { RunResult } from '../../result/types.ts';

/** @throws UsageError when the result was made without that strategy */
export function strategyOf(result: RunResult, name: string): string {
  return requireOneOf(strategyNames(result), name, 'strategy');
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

/** Baseline and candidate by name; one name alone stands for both; without any, each strategy that both results have. */
export function strategyPairs(
  a: RunResult,
  b: RunResult,
  { baseline, candidate }: { readonly baseline?: string; readonly candidate?: string },
): readonly (readonly [baseline: string, candidate: string])[] {
  const [from, to] = [baseline ?? candidate, candidate ?? baseline];
  if (from !== undefined && to !== undefined) return [[strategyOf(a, from), strategyOf(b, to)]];
  return shared(strategyNames(a), strategyNames(b), 'strategy').map((name) => [name, name]);
}

function strategyNames({ requested }: RunResult): readonly string[] {
  return contestantsOf(requested).map(({ name }) => name);
}

/** What makes a comparison of these results doubtful. */
export function soundness(results: readonly RunResult[]): string[] {
  const name = (index: number): string => (results.length === 1 ? 'the run' : `run ${'AB'[index]}`);
  const invalid = results.flatMap(({ valid }, index) =>
    valid ? [] : [`${name(index)} is invalid: do not use its numbers`],
  );
  const partial = results.flatMap(({ partial: ended }, index) =>
    ended ? [`${name(index)} was ended early`] : [],
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
