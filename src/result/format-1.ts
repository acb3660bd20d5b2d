// Results of format version 1, which knew one workload and one server only, raised to version 2: they stay readable.
import type { z } from 'zod';
import { decodeHistogram, mergeHistograms, quantileMs } from '../stats/histogram.ts';
import { SIGNIFICANCE } from '../stats/holm.ts';
import type { RunResult2 } from './format-2.ts';
import type { resultSchema1 } from './schema/format-1.ts';
import { isTelling } from './telling.ts';
import type { ReadOnly } from './types.ts';

type RunResult1 = ReadOnly<z.output<typeof resultSchema1>>;
type Plan1 = RunResult1['requested'];
type Scenario1 = Plan1['scenarios'][number];
type Block1 = RunResult1['blocks'][number];
type Strategy1 = RunResult1['strategies'][number];

/** What version 1 did not measure is null. */
export function upgrade1(result: RunResult1): RunResult2 {
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
    abortedBy: null,
    resumed: [],
    merged: [],
  };
}

function upgradePlan({ scenarios, ...plan }: Plan1): RunResult2['requested'] {
  return {
    ...{ peers: [], targets: [], until: 'blocks', maxTimeMs: 0, restMs: 0 },
    ...{ userPi: 'basic-ftp', requireDataPort: false },
    ...plan,
    scenarios: scenarios.map(upgradeScenario),
  };
}

function upgradeScenario({
  direction,
  fileSizeBytes,
  ...scenario
}: Scenario1): RunResult2['requested']['scenarios'][number] {
  const { sessions, durationMs } = scenario;
  const stages = [{ durationMs, from: sessions, to: sessions }];
  return {
    ...scenario,
    workload: { kind: 'closed', thinkTime: { kind: 'fixed', ms: 0 }, stages },
    mix: [{ value: direction, weight: 1 }],
    fileSize: { kind: 'fixed', bytes: fileSizeBytes },
    ...{
      warmUpMs: 0,
      clientAddresses: 'each',
      clientPort: 'fresh',
      announce: 'auto',
      login: 'once',
      tls: 'off',
    },
    network: 'none',
  };
}

function upgradeBlock(block: Block1): RunResult2['blocks'][number] {
  const unknown = { contention: null, timeline: null, generator: null };
  return { dropped: 0, warmUp: 0, serverView: true, ...unknown, ...block };
}

function upgradeStrategy(strategy: Strategy1, blocks: readonly Block1[]): RunResult2['strategies'][number] {
  const own = blocks.filter(
    (block) => isTelling(block) && block.scenario === strategy.scenario && block.binder === strategy.binder,
  );
  const times = mergeHistograms(own.map(({ transferTimes }) => decodeHistogram(transferTimes)));
  return {
    ...{ kind: 'binder', dropped: 0, prediction: null },
    transferP50Ms: quantileMs(times, strategy.failed, 0.5),
    transferP99Ms: quantileMs(times, strategy.failed, 0.99),
    ...strategy,
  };
}
