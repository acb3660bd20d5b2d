// Of a merged result: which runs it is made of, and where they do not look like samples of one thing.
import { blockCount, tellingBlocksOf } from '../../../result/telling.ts';
import type { RunResult, StrategyResult } from '../../../result/types.ts';
import { blockedProportion } from '../../../stats/blocks.ts';
import { environmentDifferences } from '../../compare/settings.ts';
import { enumerate, formatInterval, formatPercent, plural } from '../../words/format.ts';

export function mergedFindings({ merged }: RunResult): string[] {
  if (merged.length === 0) return [];
  const runs = merged.map(
    ({ seed, startedAt, blocks }) =>
      `seed ${seed} (${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${plural(blocks, 'block')})`,
  );
  return [
    `Merged from ${plural(merged.length, 'run')}: ${enumerate(runs)}; pairs of blocks are of one run each.`,
  ];
}

export function mergedCautions(result: RunResult): string[] {
  return [...differentHosts(result), ...result.strategies.flatMap((strategy) => runsApart(result, strategy))];
}

function differentHosts({ merged: [first, ...others] }: RunResult): string[] {
  if (first === undefined) return [];
  const found = others.flatMap(({ host }) => environmentDifferences(first.host, host));
  const settings = [...new Set(found.map(({ setting }) => setting))];
  if (settings.length === 0) return [];
  return [
    `The merged runs were made on hosts that differ (${enumerate(settings)}): a rate of all is that of no one host.`,
  ];
}

/** One rate of two that are apart is a mean of different things, and its interval of a few runs does not show it. */
function runsApart({ merged, blocks }: RunResult, { scenario, contestant }: StrategyResult): string[] {
  const own = tellingBlocksOf(blocks, { scenario, contestant });
  const rates = merged.flatMap(({ firstIndex, blocks: count, seed }) => {
    const ofRun = own.filter(({ index }) => index >= firstIndex && index < firstIndex + count);
    const { rate, interval } = blockedProportion(ofRun.map(blockCount));
    return interval === null ? [] : [{ seed, rate, interval }];
  });
  const lowest = rates.toSorted((a, b) => a.interval[1] - b.interval[1])[0];
  const highest = rates.toSorted((a, b) => b.interval[0] - a.interval[0])[0];
  if (lowest === undefined || highest === undefined || lowest.interval[1] >= highest.interval[0]) return [];
  const told = [lowest, highest].map(
    ({ seed, rate, interval }) => `${formatPercent(rate)} (${formatInterval(interval)}) with seed ${seed}`,
  );
  return [
    `${scenario}: ${contestant} failed ${enumerate(told)}: the runs differ by more than their blocks do, and the merged rate is a mean of both.`,
  ];
}
