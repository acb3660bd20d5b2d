// Results of format version 2, which named rows and binders by one key and warned in words, raised to version 3.
import type { z } from 'zod';
import { binderOf, contestantsOf } from '../plan/contestants.ts';
import type { resultSchema2 } from './schema/format-2.ts';
import { FORMAT_VERSION } from './schema/index.ts';
import type { BlockResult, Comparison, GeneratorLoad, ReadOnly, RunResult, StrategyResult } from './types.ts';

export type RunResult2 = ReadOnly<z.output<typeof resultSchema2>>;
type Block2 = RunResult2['blocks'][number];
type Strategy2 = RunResult2['strategies'][number];
type Named = Pick<BlockResult, 'contestant' | 'binder'>;

/** Its words stay as they were written, to be told and never matched; what its limits let through is put right. */
export function upgrade2(result: RunResult2): RunResult {
  const binders = new Map(contestantsOf(result.requested).map((one) => [one.name, binderOf(one)]));
  const named = (contestant: string): Named => ({ contestant, binder: binders.get(contestant) ?? null });
  return {
    ...result,
    formatVersion: FORMAT_VERSION,
    blocks: result.blocks.map((block) => upgradeBlock(block, named(block.binder))),
    strategies: result.strategies.map((strategy) => upgradeStrategy(strategy, named(strategy.binder))),
    comparisons: result.comparisons.map(upgradeComparison),
    warnings: result.warnings.map(quoted),
  };
}

function upgradeBlock(
  { problems, warnings, generator, failures, ...block }: Block2,
  name: Named,
): BlockResult {
  return {
    ...block,
    ...name,
    failures: upgradeFailures(failures),
    generator: generator && upgradeGenerator(generator),
    problems: problems.map(quoted),
    warnings: warnings.map(quoted),
  };
}

const CANNOT_LISTEN = 'connect.LISTEN_';

/** To listen for the server was told as a connect of a code of its own. */
function upgradeFailures(failures: Block2['failures']): BlockResult['failures'] {
  const upgraded = Object.entries(failures).map(([key, n]) => [
    key.startsWith(CANNOT_LISTEN) ? `listen.${key.slice(CANNOT_LISTEN.length)}` : key,
    n,
  ]);
  return Object.fromEntries(upgraded);
}

/** Measured by two clocks, a thread could use more than the whole of a core. */
function upgradeGenerator({ cpuShare, runQueueShare, ...load }: GeneratorLoad): GeneratorLoad {
  return {
    ...load,
    cpuShare: Math.min(1, cpuShare),
    runQueueShare: runQueueShare === null ? null : Math.min(1, runQueueShare),
  };
}

function upgradeStrategy(
  { prediction, interval, failures, ...strategy }: Strategy2,
  name: Named,
): StrategyResult {
  return {
    ...strategy,
    ...name,
    failures: upgradeFailures(failures),
    interval: interval && within(interval, 0),
    prediction: prediction && {
      ...prediction,
      interval: within(prediction.interval, 0),
      tolerance: within(prediction.tolerance, 0),
    },
  };
}

function upgradeComparison({ interval, ...comparison }: RunResult2['comparisons'][number]): Comparison {
  return { ...comparison, interval: interval && within(interval, -1) };
}

/** An end that widening had pushed beyond the other one meets it. */
function within([low, high]: readonly [number, number], least: number): readonly [number, number] {
  const inRange = (end: number) => Math.min(1, Math.max(least, end));
  return [inRange(low), Math.max(inRange(low), inRange(high))];
}

function quoted(text: string) {
  return { id: 'text', text } as const;
}
