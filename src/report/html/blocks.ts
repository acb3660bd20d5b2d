// How much the blocks of a strategy differ, and whether one of them stands apart.

import { finishedOf } from '../../result/row.ts';
import type { BlockResult, StrategyResult } from '../../result/types.ts';
import { formatCount, formatPercent, NO_VALUE } from '../words/format.ts';
import { blocksOf, inScenario, largest, type Page, type ScenarioRows } from './data.ts';
import type { DataTable } from './data-table.ts';

/** The failure rate of each block that finished anything. */
export function blockRates(page: Page, strategy: StrategyResult): number[] {
  return finishedBlocks(page, strategy).map(rateOf);
}

/** `Blocks of legacy-bsd differ most, from 3.2 % to 9.6 % in bsd-window-8.`; empty where those of each strategy are alike. */
export function widestSpread(page: Page): string {
  const { result } = page;
  const widest = largest(result.strategies, (one) => spanOf(blockRates(page, one)));
  const rates = widest === undefined ? [] : blockRates(page, widest);
  if (widest === undefined || spanOf(rates) === 0) return '';
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatPercent);
  return `Blocks of ${widest.contestant} differ most, from ${low} to ${high}${inScenario(result, widest.scenario)}.`;
}

export function blocksTable(page: Page, { scenario, strategies }: ScenarioRows): DataTable {
  const found = new Map(strategies.map((one) => [one.contestant, finishedBlocks(page, one)]));
  const indices = [...new Set([...found.values()].flat().map(({ index }) => index))].sort((a, b) => a - b);
  return {
    caption: `Failed of finished transfers of each block in ${scenario.name}`,
    head: ['block', ...found.keys()],
    rows: indices.map((index) => [
      String(index + 1),
      ...[...found.values()].map((blocks) => cellOf(blocks.find((block) => block.index === index))),
    ]),
  };
}

function finishedBlocks({ result }: Page, strategy: StrategyResult): BlockResult[] {
  return blocksOf(result, strategy).filter((block) => finishedOf(block) > 0);
}

function rateOf(block: BlockResult): number {
  return block.failed / finishedOf(block);
}

function spanOf(rates: readonly number[]): number {
  return rates.length === 0 ? 0 : Math.max(...rates) - Math.min(...rates);
}

function cellOf(block: BlockResult | undefined): string {
  if (block === undefined) return NO_VALUE;
  return `${formatCount(block.failed)} of ${formatCount(finishedOf(block))} (${formatPercent(rateOf(block))})`;
}
