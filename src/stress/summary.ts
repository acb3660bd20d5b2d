// From blocks to strategies and their comparisons: the block is the sampling unit throughout.
import type { BinderName } from '../binder/types.ts';
import { blockedProportion } from '../stats/blocks.ts';
import { type Difference, difference } from '../stats/difference.ts';
import { decodeHistogram, mergeHistograms, quantileMs } from '../stats/histogram.ts';
import { DEFAULT_MARGIN, judgeFamily } from '../stats/verdict.ts';
import { realScaleBound } from './bound.ts';
import { retryOf } from './plan.ts';
import type { BlockResult, Comparison, Plan, Scenario, StrategyResult } from './types.ts';

/** Strategies in the plan's order, scenario by scenario; invalid blocks and those that were cut short are left out. */
export function summarizeStrategies(plan: Plan, blocks: readonly BlockResult[]): StrategyResult[] {
  return plan.scenarios.flatMap((scenario) =>
    plan.binders.flatMap((binder) => {
      const own = tellingBlocksOf(blocks, scenario.name, binder);
      return own.length === 0 ? [] : [summarize(plan, scenario, binder, own)];
    }),
  );
}

/** Every strategy against the plan's baseline; the comparisons of one scenario are judged together. */
export function compareWithBaseline(plan: Plan, blocks: readonly BlockResult[]): Comparison[] {
  const { baseline } = plan;
  const candidates = plan.binders.filter((binder) => binder !== baseline);
  return plan.scenarios.flatMap(({ name: scenario }) => {
    const family = candidates.map((candidate) => ({
      ...{ scenario, baseline, candidate },
      ...differenceFromBaseline(plan, blocks, scenario, candidate),
    }));
    const judged = judgeFamily(family, { margin: DEFAULT_MARGIN });
    return judged.map(({ method: _, ...comparison }) => ({ ...comparison, margin: DEFAULT_MARGIN }));
  });
}

function differenceFromBaseline(
  plan: Plan,
  blocks: readonly BlockResult[],
  scenario: string,
  candidate: BinderName,
): Difference {
  const ofCandidate = tellingBlocksOf(blocks, scenario, candidate);
  const pairs = tellingBlocksOf(blocks, scenario, plan.baseline).flatMap((baseline) => {
    const twin = ofCandidate.find((block) => block.index === baseline.index);
    return twin === undefined ? [] : [{ baseline: blockCount(baseline), candidate: blockCount(twin) }];
  });
  return difference(pairs, { seed: plan.seed });
}

function summarize(
  plan: Plan,
  scenario: Scenario,
  binder: BinderName,
  blocks: readonly BlockResult[],
): StrategyResult {
  const total = (value: (block: BlockResult) => number) =>
    blocks.reduce((sum, block) => sum + value(block), 0);
  const rate = blockedProportion(blocks.map(blockCount));
  const waits = mergeHistograms(blocks.map((block) => decodeHistogram(block.waitsToBind)));
  const failures = mergedFailures(blocks);
  const unbound = Object.entries(failures).reduce(
    (sum, [key, n]) => (key.startsWith('bind.') ? sum + n : sum),
    0,
  );
  const offered = total((block) => block.offered);
  return {
    scenario: scenario.name,
    binder,
    retry: String(retryOf(plan, binder)),
    blocks: blocks.length,
    offered,
    completed: total((block) => block.completed),
    failed: total((block) => block.failed),
    cancelled: total((block) => block.cancelled),
    failures,
    failureRate: rate.rate,
    interval: rate.interval,
    designEffect: rate.designEffect,
    effectiveSize: rate.effectiveSize,
    bindsPerTransfer: offered === 0 ? null : total((block) => block.bindCalls) / offered,
    waitToBindP50Ms: quantileMs(waits, unbound, 0.5),
    waitToBindP99Ms: quantileMs(waits, unbound, 0.99),
    transfersPerSecond: total((block) => block.completed) / (total((block) => block.durationMs) / 1000),
    connected: total((block) => block.connected),
    fromDefaultDataPort: total((block) => block.fromDefaultDataPort),
    peakSockets: Math.max(...blocks.map((block) => block.peakSockets)),
    peakProcesses: Math.max(...blocks.map((block) => block.peakProcesses)),
    realScaleBound: realScaleBound(plan, scenario, binder, {
      arrivalsPerSecond: offered / (total((block) => block.durationMs) / 1000),
    }),
  };
}

/** Those that tell a rate. Of transfers that were cancelled while they waited, most would have failed: none does. */
function tellingBlocksOf(
  blocks: readonly BlockResult[],
  scenario: string,
  binder: BinderName,
): BlockResult[] {
  return blocks.filter((block) => isTelling(block) && block.scenario === scenario && block.binder === binder);
}

/** Cancelled transfers are in neither number: the run ended them, not the server. */
function blockCount({ failed, completed }: BlockResult) {
  return { failed, finished: failed + completed };
}

function mergedFailures(blocks: readonly BlockResult[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const { failures } of blocks) {
    for (const [key, n] of Object.entries(failures)) merged[key] = (merged[key] ?? 0) + n;
  }
  return merged;
}

export function isTelling({ valid, cancelled }: BlockResult): boolean {
  return valid && cancelled === 0;
}
