// From blocks to contestants and their comparisons: the block is the sampling unit throughout.

import { binderOf, contestantsOf, retryOf } from '../plan/contestants.ts';
import type { Contestant, Plan, Scenario } from '../plan/types.ts';
import { explainBlocks } from '../predict/outlook.ts';
import { predictionOf } from '../predict/predict.ts';
import { failedAtBind } from '../result/outcome.ts';
import { speedOf } from '../result/speed.ts';
import { blockCount, pairedCounts, tellingBlocksOf } from '../result/telling.ts';
import type { BlockResult, Comparison, StrategyResult } from '../result/types.ts';
import { blockedProportion } from '../stats/blocks.ts';
import { type Difference, difference } from '../stats/difference.ts';
import { judgeFamily } from '../stats/family.ts';
import { decodeHistogram, mergeHistograms, quantileMs } from '../stats/histogram.ts';
import { SIGNIFICANCE } from '../stats/holm.ts';
import { DEFAULT_MARGIN } from '../stats/verdict.ts';
import { realScaleBound } from './bound.ts';

/** Strategies in the plan's order, scenario by scenario; invalid blocks and those that were cut short are left out. */
export function summarizeStrategies(plan: Plan, blocks: readonly BlockResult[]): StrategyResult[] {
  return plan.scenarios.flatMap((scenario) =>
    contestantsOf(plan).flatMap((contestant) => {
      const own = tellingBlocksOf(blocks, { scenario: scenario.name, contestant: contestant.name });
      return own.length === 0 ? [] : [summarize(plan, scenario, contestant, own)];
    }),
  );
}

/** Every contestant against the plan's baseline; the comparisons of one scenario are judged together. */
export function compareWithBaseline(
  plan: Plan,
  blocks: readonly BlockResult[],
  significance = SIGNIFICANCE,
): Comparison[] {
  const { baseline } = plan;
  const candidates = contestantsOf(plan)
    .map(({ name }) => name)
    .filter((name) => name !== baseline);
  return plan.scenarios.flatMap(({ name: scenario }) => {
    const family = candidates.map((candidate) => ({
      ...{ scenario, baseline, candidate },
      ...differenceFromBaseline(plan, blocks, { scenario, candidate, significance }),
    }));
    const judged = judgeFamily(family, { margin: DEFAULT_MARGIN, significance });
    return judged.map(({ method: _, ...comparison }) => ({
      ...comparison,
      significance,
      margin: DEFAULT_MARGIN,
    }));
  });
}

function differenceFromBaseline(
  plan: Plan,
  blocks: readonly BlockResult[],
  { scenario, candidate, significance }: { scenario: string; candidate: string; significance: number },
): Difference {
  const ofBaseline = tellingBlocksOf(blocks, { scenario, contestant: plan.baseline });
  const ofCandidate = tellingBlocksOf(blocks, { scenario, contestant: candidate });
  return difference(pairedCounts(ofBaseline, ofCandidate), { seed: plan.seed, confidence: 1 - significance });
}

function summarize(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  blocks: readonly BlockResult[],
): StrategyResult {
  const prediction = predictionOf(explainBlocks(plan, scenario, contestant, blocks));
  return { ...measuredBy(plan, scenario, contestant, blocks), prediction };
}

/** What these blocks measured, at least one; nothing is simulated for it. */
export function measuredBy(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  blocks: readonly BlockResult[],
): StrategyResult {
  const total = (value: (block: BlockResult) => number) =>
    blocks.reduce((sum, block) => sum + value(block), 0);
  const rate = blockedProportion(blocks.map(blockCount));
  const waits = mergeHistograms(blocks.map((block) => decodeHistogram(block.waitsToBind)));
  const failures = mergedFailures(blocks);
  const unbound = failedAtBind(failures);
  const offered = total((block) => block.offered);
  const seconds = total((block) => block.durationMs) / 1000;
  // A block of which every arrival was dropped at once lasts no time.
  const perSecond = (count: number) => (seconds === 0 ? 0 : count / seconds);
  const failed = total((block) => block.failed);
  const started = offered - total((block) => block.dropped);
  const told = blocks.every(({ serverView }) => serverView);
  return {
    scenario: scenario.name,
    contestant: contestant.name,
    binder: binderOf(contestant),
    kind: contestant.kind,
    retry: contestant.kind === 'binder' ? String(retryOf(plan, contestant.binder)) : null,
    blocks: blocks.length,
    offered,
    completed: total((block) => block.completed),
    failed,
    cancelled: total((block) => block.cancelled),
    dropped: offered - started,
    failures,
    failureRate: rate.rate,
    interval: rate.interval,
    designEffect: rate.designEffect,
    effectiveSize: rate.effectiveSize,
    bindsPerTransfer: started === 0 || !told ? null : total((block) => block.bindCalls ?? 0) / started,
    waitToBindP50Ms: told ? quantileMs(waits, unbound, 0.5) : null,
    waitToBindP99Ms: told ? quantileMs(waits, unbound, 0.99) : null,
    ...speedOf(blocks),
    connected: total((block) => block.connected),
    fromDefaultDataPort: total((block) => block.fromDefaultDataPort),
    peakSockets: Math.max(...blocks.map((block) => block.peakSockets)),
    peakProcesses: Math.max(...blocks.map((block) => block.peakProcesses)),
    realScaleBound: realScaleBound(plan, scenario, contestant, {
      begunPerSecond: perSecond(started),
    }),
    prediction: null,
  };
}

function mergedFailures(blocks: readonly BlockResult[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const { failures } of blocks) {
    for (const [key, n] of Object.entries(failures)) merged[key] = (merged[key] ?? 0) + n;
  }
  return merged;
}
