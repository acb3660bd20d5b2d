// Whether a strategy fails more with more sessions: scenarios that differ in nothing else, and whose intervals part.
import { contestantsOf } from '../../../plan/contestants.ts';
import type { Scenario, Workload } from '../../../plan/types.ts';
import type { RunResult, StrategyResult } from '../../../result/types.ts';
import { enumerate, formatCount, formatPercent, plural } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

interface Load {
  readonly sessions: number;
  readonly strategy: StrategyResult;
}

/** One strategy under the fewest sessions and under the most, its intervals apart. */
interface Change {
  readonly how: 'more' | 'less';
  readonly fewest: Load;
  readonly most: Load;
}

export function loadFindings(result: RunResult): string[] {
  return seriesOf(result.requested.scenarios).flatMap((series) => {
    const changes = contestantsOf(result.requested).flatMap(({ name: contestant }) =>
      changeOf(loadsOf(result, series, contestant)),
    );
    const alike = groupBy(changes, ({ how, fewest, most }) => [how, fewest.sessions, most.sessions]);
    return alike.map(sentence);
  });
}

/** The scenarios that differ in their sessions alone, fewest first; a series of one tells nothing. */
function seriesOf(scenarios: readonly Scenario[]): Scenario[][] {
  const series = groupBy(scenarios, (scenario) => ({
    ...{ ...scenario, name: '', sessions: 0 },
    workload: perSession(scenario),
  }));
  return series.map((members) => members.sort((a, b) => a.sessions - b.sessions));
}

/** The levels of a closed workload and the size of bursts are counted in sessions: as shares of them they are alike. */
function perSession({ workload, sessions }: Scenario): Workload {
  switch (workload.kind) {
    case 'closed': {
      const stages = workload.stages.map((stage) => {
        return { ...stage, from: stage.from / sessions, to: stage.to / sessions };
      });
      return { ...workload, stages };
    }
    case 'open':
      return workload;
    case 'bursts':
      return { ...workload, size: workload.size / sessions };
    default:
      return workload satisfies never;
  }
}

function loadsOf({ strategies }: RunResult, series: readonly Scenario[], contestant: string): Load[] {
  return series.flatMap(({ name, sessions }) => {
    const strategy = strategies.find((one) => one.scenario === name && one.contestant === contestant);
    return strategy === undefined ? [] : [{ sessions, strategy }];
  });
}

/** Nothing is said of a strategy that did not fail, or failed alike. */
function changeOf(loads: readonly Load[]): Change[] {
  const [fewest, most] = [loads[0], loads.at(-1)];
  if (fewest === undefined || most === undefined || fewest.sessions === most.sessions) return [];
  const [low, high] = [fewest.strategy.interval, most.strategy.interval];
  if (low === null || high === null) return [];
  if (high[0] > low[1]) return [{ how: 'more', fewest, most }];
  return high[1] < low[0] ? [{ how: 'less', fewest, most }] : [];
}

/** `a and b failed more at 64 sessions (99.6 % and 51.6 %) than at 8 (97.0 % and 6.6 %)`. */
function sentence(changes: readonly Change[]): string {
  const names = enumerate(changes.map(({ most }) => most.strategy.contestant));
  const rates = (loads: readonly Load[]): string =>
    enumerate(loads.map(({ strategy }) => formatPercent(strategy.failureRate)));
  const high = `${plural(changes[0]?.most.sessions ?? 0, 'session')} (${rates(changes.map(({ most }) => most))})`;
  const low = `${formatCount(changes[0]?.fewest.sessions ?? 0)} (${rates(changes.map(({ fewest }) => fewest))})`;
  return `${names} failed ${changes[0]?.how} at ${high} than at ${low}: the 95 % intervals do not overlap.`;
}
