// Which strategies never failed, and how sure that is.

import { finishedOf } from '../../../result/row.ts';
import type { RunResult, StrategyResult } from '../../../result/types.ts';
import { enumerate, formatCount, formatPercent } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

/** The scenarios in which one strategy did not fail. */
type Success = readonly StrategyResult[];

/** One sentence for the strategies that did not fail in the same scenarios; those of most scenarios first. */
export function soundFindings({ strategies, requested }: RunResult): string[] {
  const sound = strategies.filter((strategy) => strategy.failed === 0 && finishedOf(strategy) > 0);
  const perBinder = groupBy(sound, ({ contestant }) => contestant);
  const alike = groupBy(perBinder, (own) => own.map(({ scenario }) => scenario));
  alike.sort(([a], [b]) => (b?.length ?? 0) - (a?.length ?? 0));
  return alike.map((members) => sentence(members, requested.scenarios.length));
}

function sentence(members: readonly Success[], scenarios: number): string {
  const own = members[0] ?? [];
  const names = enumerate(members.map(([first]) => first?.contestant ?? ''));
  const everywhere = own.length === scenarios && scenarios > 1;
  const where = everywhere ? 'any scenario' : enumerate(own.map(({ scenario }) => scenario));
  const transfers = enumerate(members.map((success) => formatCount(transfersOf(success))));
  return `${names}: no failures in ${where} (${transfers} transfers)${certainty(members)}.`;
}

function transfersOf(success: Success): number {
  return success.reduce((sum, strategy) => sum + finishedOf(strategy), 0);
}

/** In one scenario the largest of the upper limits holds for all of them. */
function certainty(members: readonly Success[]): string {
  const all = members.flat();
  if (all.some(({ interval }) => interval === null)) return '';
  const perScenario = groupBy(all, ({ scenario }) => scenario);
  const limits = perScenario.map((own) => {
    const limit = formatPercent(Math.max(...own.map(({ interval }) => interval?.[1] ?? 1)));
    return perScenario.length === 1 ? limit : `${limit} in ${own[0]?.scenario}`;
  });
  const rates = members.length === 1 ? 'the true rate is' : 'the true rates are each';
  return `; ${rates} below ${enumerate(limits)} (95 % interval)`;
}
