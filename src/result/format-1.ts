// Results of format version 1, which knew one workload and one server only, in the form of today: they stay readable.

import type { Direction, Plan, Scenario } from '../plan/types.ts';
import { decodeHistogram, mergeHistograms, quantileMs } from '../stats/histogram.ts';
import { SIGNIFICANCE } from '../stats/holm.ts';
import { tellingBlocksOf } from './telling.ts';
import type { BlockResult, Comparison, Host, RunResult, StrategyResult } from './types.ts';

type Without<Whole, Added extends keyof Whole> = Omit<Whole, Added>;

interface Scenario1
  extends Pick<Scenario, 'name' | 'sessions' | 'durationMs' | 'transfers' | 'bindToConnectMs'> {
  readonly direction: Direction;
  readonly fileSizeBytes: number;
}

type PlanAdded =
  | 'peers'
  | 'targets'
  | 'until'
  | 'maxTimeMs'
  | 'restMs'
  | 'userPi'
  | 'requireDataPort'
  | 'scenarios';
type Plan1 = Without<Plan, PlanAdded> & { readonly scenarios: readonly Scenario1[] };
type Block1 = Without<
  BlockResult,
  'dropped' | 'warmUp' | 'serverView' | 'contention' | 'timeline' | 'generator'
>;
type Strategy1 = Without<
  StrategyResult,
  'kind' | 'dropped' | 'transferP50Ms' | 'transferP99Ms' | 'prediction'
>;

export interface RunResult1
  extends Without<
    RunResult,
    'formatVersion' | 'host' | 'requested' | 'blocks' | 'strategies' | 'comparisons' | 'endedBy' | 'resumed'
  > {
  readonly formatVersion: 1;
  readonly host: Without<Host, 'cpuModel' | 'descriptorLimit' | 'loopback'>;
  readonly requested: Plan1;
  readonly blocks: readonly Block1[];
  readonly strategies: readonly Strategy1[];
  readonly comparisons: readonly Without<Comparison, 'significance'>[];
}

/** What version 1 did not measure is null. */
export function upgrade1(result: RunResult1): RunResult {
  const { host, requested, blocks, strategies, comparisons, ...same } = result;
  return {
    ...same,
    formatVersion: 2,
    host: { ...host, cpuModel: null, descriptorLimit: null, loopback: true },
    requested: upgradePlan(requested),
    blocks: blocks.map(upgradeBlock),
    strategies: strategies.map((strategy) => upgradeStrategy(strategy, blocks)),
    comparisons: comparisons.map((one) => ({ ...one, significance: SIGNIFICANCE })),
    endedBy: result.partial ? 'interrupt' : 'plan',
    resumed: [],
  };
}

function upgradePlan({ scenarios, ...plan }: Plan1): Plan {
  return {
    ...{ peers: [], targets: [], until: 'blocks', maxTimeMs: 0, restMs: 0 },
    ...{ userPi: 'basic-ftp', requireDataPort: false },
    ...plan,
    scenarios: scenarios.map(upgradeScenario),
  };
}

function upgradeScenario({ direction, fileSizeBytes, ...scenario }: Scenario1): Scenario {
  const { sessions, durationMs } = scenario;
  const stages = [{ durationMs, from: sessions, to: sessions }];
  return {
    ...scenario,
    workload: { kind: 'closed', thinkTime: { kind: 'fixed', ms: 0 }, stages },
    mix: [{ value: direction, weight: 1 }],
    fileSize: { kind: 'fixed', bytes: fileSizeBytes },
    ...{ warmUpMs: 0, clientAddresses: 'each', clientPort: 'fresh', announce: 'auto', login: 'once' },
  };
}

function upgradeBlock(block: Block1): BlockResult {
  const unknown = { contention: null, timeline: null, generator: null };
  return { dropped: 0, warmUp: 0, serverView: true, ...unknown, ...block };
}

function upgradeStrategy(strategy: Strategy1, blocks: readonly Block1[]): StrategyResult {
  const own = tellingBlocksOf(blocks, strategy);
  const times = mergeHistograms(own.map(({ transferTimes }) => decodeHistogram(transferTimes)));
  return {
    ...{ kind: 'binder', dropped: 0, prediction: null },
    transferP50Ms: quantileMs(times, strategy.failed, 0.5),
    transferP99Ms: quantileMs(times, strategy.failed, 0.99),
    ...strategy,
  };
}
