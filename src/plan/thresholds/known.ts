// What can be told of thresholds before a run: whether the plan has what they name, and whether it will be measured.
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { contestantsOf } from '../contestants.ts';
import type { Contestant, Plan } from '../types.ts';
import { isToldByOwnServerOnly } from './metrics.ts';
import { ANY, type Threshold } from './threshold.ts';

/** @throws UsageError when the plan has no such scenario or contestant, or one that never tells the metric */
export function requireKnown(thresholds: readonly Threshold[], plan: Plan): void {
  const scenarios = plan.scenarios.map(({ name }) => name);
  const contestants = contestantsOf(plan);
  const names = contestants.map(({ name }) => name);
  for (const threshold of thresholds) {
    requireName(threshold, { what: 'scenario', wanted: threshold.scenario, known: scenarios });
    requireName(threshold, { what: 'strategy', wanted: threshold.contestant, known: names });
    requireTold(
      threshold,
      contestants.filter(({ name }) => standsFor(threshold.contestant, name)),
    );
  }
}

/** Whether a name, or `*`, of a threshold stands for this one. */
export function standsFor(pattern: string, name: string): boolean {
  return pattern === ANY || pattern === name;
}

interface Named {
  /** As users call it. */
  readonly what: 'scenario' | 'strategy';
  readonly wanted: string;
  readonly known: readonly string[];
}

function requireName(threshold: Threshold, { what, wanted, known }: Named): void {
  if (wanted === ANY || known.includes(wanted)) return;
  throw new UsageError(
    `threshold '${threshold.text}': there is no ${what} '${wanted}'${didYouMean(wanted, known)}: use ${[...known, ANY].join(', ')}`,
  );
}

/** Minutes of load for a threshold that cannot pass would be wasted. */
function requireTold({ text, metric }: Threshold, contestants: readonly Contestant[]): void {
  const mute = contestants.find(({ kind }) => kind !== 'binder');
  if (mute === undefined || !isToldByOwnServerOnly(metric)) return;
  throw new UsageError(
    `threshold '${text}': only the built-in server tells ${metric}, ${mute.name} does not: name a binder`,
  );
}
