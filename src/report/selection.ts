// Which strategies and scenarios of one or two results are compared; a name that a result does not have is told.
import { UsageError } from '../errors.ts';
import type { RunResult, StrategyResult } from '../stress/types.ts';

export type BinderName = StrategyResult['binder'];

/** @throws UsageError when the result was made without that binder */
export function binderOf({ requested }: RunResult, name: string): BinderName {
  return requireOneOf(requested.binders, name, 'binder');
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

/** Baseline and candidate by name; one name alone stands for both; without any, each binder that both results have. */
export function binderPairs(
  a: RunResult,
  b: RunResult,
  { baseline, candidate }: { readonly baseline?: string; readonly candidate?: string },
): readonly (readonly [BinderName, BinderName])[] {
  const [from, to] = [baseline ?? candidate, candidate ?? baseline];
  if (from !== undefined && to !== undefined) return [[binderOf(a, from), binderOf(b, to)]];
  return shared(a.requested.binders, b.requested.binders, 'binder').map((binder) => [binder, binder]);
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

function requireOneOf<Name extends string>(names: readonly Name[], wanted: string, what: string): Name {
  const found = names.find((name) => name === wanted);
  if (found !== undefined) return found;
  throw new UsageError(`the result has no ${what} '${wanted}': it has ${names.join(', ')}`);
}

function shared<Name extends string>(a: readonly Name[], b: readonly Name[], what: string): readonly Name[] {
  const both = a.filter((name) => b.includes(name));
  if (both.length > 0) return both;
  throw new UsageError(
    `the two results share no ${what}: ${a.join(', ')} in the first, ${b.join(', ')} in the second`,
  );
}
