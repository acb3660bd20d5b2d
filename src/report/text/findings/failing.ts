// How often each strategy failed, and with what.
import { STRATEGIES } from '../../../binder/strategies/index.ts';
import { contestantsOf } from '../../../plan/contestants.ts';
import { shareClosedByClient } from '../../../plan/time-wait.ts';
import type { Scenario } from '../../../plan/types.ts';
import { failureKey } from '../../../result/outcome.ts';
import { finishedOf } from '../../../result/row.ts';
import type { RunResult, StrategyResult } from '../../../result/types.ts';
import { failureInWords, sortedFailures } from '../../words/failures.ts';
import { enumerate, formatCount, formatInterval, formatPercent, plural } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

const PORT_IN_USE = failureKey({ kind: 'socket-error', phase: 'bind', code: 'EADDRINUSE' });
const NO_CONNECTION = failureKey({ kind: 'timed-out', phase: 'connect' });

/** Kinds of failure that a sentence names; the others are counted together. */
const KINDS_NAMED = 3;

/** A sentence a strategy; scenarios in which its failures have another explanation get one of their own. */
export function failureFindings({ strategies, requested }: RunResult): string[] {
  return contestantsOf(requested).flatMap(({ name: contestant }) => {
    const failing = strategies.filter(
      (strategy) => strategy.contestant === contestant && strategy.failed > 0,
    );
    const groups = groupBy(failing, (strategy) => explanation(requested.scenarios, strategy));
    return groups.map((group) => {
      const why = group[0] === undefined ? '' : explanation(requested.scenarios, group[0]);
      return `${contestant}: ${enumerate(group.map(rateInWords))}, ${kinds(group)}${why}.`;
    });
  });
}

/** `98.5 % (95 % interval 95.9–99.4) of 390 transfers failed in small-files`, and shorter from the second on. */
function rateInWords({ scenario, failureRate, interval, ...counts }: StrategyResult, index: number): string {
  const limits = index === 0 ? `95 % interval ${formatInterval(interval)}` : formatInterval(interval);
  const rate = `${formatPercent(failureRate)}${interval === null ? '' : ` (${limits})`}`;
  const finished = finishedOf(counts);
  const transfers = index === 0 ? `${plural(finished, 'transfer')} failed` : formatCount(finished);
  return `${rate} of ${transfers} in ${scenario}`;
}

/** `all at bind with EADDRINUSE`, `700 at bind with EADDRINUSE and 5 with reply 550`. */
function kinds(strategies: readonly StrategyResult[]): string {
  const sorted = sortedFailures(summed(strategies.map(({ failures }) => failures)));
  const [first] = sorted;
  const failed = strategies.reduce((sum, strategy) => sum + strategy.failed, 0);
  if (sorted.length === 1 && first?.count === failed) return `all ${failureInWords(first.key)}`;
  const named = sorted
    .slice(0, KINDS_NAMED)
    .map(({ key, count }) => `${formatCount(count)} ${failureInWords(key)}`);
  const others = sorted.slice(KINDS_NAMED).reduce((sum, { count }) => sum + count, 0);
  return enumerate(others > 0 ? [...named, `${formatCount(others)} in other ways`] : named);
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, count] of counts.flatMap(Object.entries<number>)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}

/** Only where the binder's own rule explains the failure that prevails. */
function explanation(scenarios: readonly Scenario[], { binder, scenario, failures }: StrategyResult): string {
  const scenarioOf = scenarios.find(({ name }) => name === scenario);
  const prevailing = sortedFailures(failures)[0]?.key;
  if (prevailing === NO_CONNECTION && scenarioOf?.network === 'firewall-port-20' && bindsNone(binder))
    return ': the firewall admits data connections from port 20 alone, and these come from any port';
  if (prevailing !== PORT_IN_USE) return '';
  const holdsPort = binder === null ? 'never' : STRATEGIES[binder].holdsPort;
  if (holdsPort === 'never') return '';
  if (holdsPort === 'until-connect') return ': the port belongs to one socket from its bind to its connect';
  return `: ${heldThroughTimeWait(scenarioOf)}`;
}

function bindsNone(binder: StrategyResult['binder']): boolean {
  return binder !== null && !STRATEGIES[binder].keepsPort;
}

function heldThroughTimeWait(scenario: Scenario | undefined): string {
  return scenario !== undefined && shareClosedByClient(scenario) === 1
    ? 'without a socket option the port is taken until the transfer has ended'
    : 'without a socket option the port stays taken through the transfer and TIME_WAIT';
}
