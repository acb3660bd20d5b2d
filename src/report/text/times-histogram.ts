// Times of transfers as a small histogram, one line a row of the table: how they lie and where the slow ones are.

import type { Scenario } from '../../plan/types.ts';
import { timesOf } from '../../result/speed.ts';
import { tellingBlocksOf } from '../../result/telling.ts';
import type { RunResult } from '../../result/types.ts';
import { mergeHistograms, recordedIn } from '../../stats/histogram.ts';
import { formatMs, formatPercent } from '../words/format.ts';
import { ROW_HEAD } from './columns.ts';
import { wrap } from './wrap.ts';

export interface HistogramOptions {
  /** Of the whole, in characters; 80 unless set. */
  readonly columns?: number;
  /** Whether more than ASCII can be shown; it can unless this is false. */
  readonly unicode?: boolean;
}

/** From next to nothing to the fullest bucket of the line. */
const BARS = { unicode: '▁▂▃▄▅▆▇█', ascii: '.:-=+*#@' } as const;
const DEFAULT_COLUMNS = 80;
const LEAST_NAME = 6;
/** ` 99.99 %` and a space. */
const FAILED_COLUMNS = 9;
const LEAST_MS = 0.01;
const TITLE = 'time of a transfer, in buckets of equal ratio';

interface Row {
  readonly name: string;
  readonly valuesMs: readonly number[];
  readonly counts: readonly number[];
  readonly failedShare: number;
}

/** Title, a line for each contestant (a second one for a long name), and the axis below. Nothing where no transfer completed. */
export function timesHistogram(
  result: Pick<RunResult, 'blocks' | 'strategies'>,
  scenario: Scenario,
  { columns = DEFAULT_COLUMNS, unicode = true }: HistogramOptions = {},
): string[] {
  const rows = result.strategies
    .filter((strategy) => strategy.scenario === scenario.name)
    .map((strategy) => rowOf(strategy.contestant, tellingBlocksOf(result.blocks, strategy)));
  const all = rows.flatMap(({ valuesMs }) => valuesMs);
  if (all.length === 0) return [];
  const longestName = Math.max(LEAST_NAME, ...rows.map(({ name }) => name.length)) + 2;
  const isBeside = longestName <= columns / 2;
  const nameColumns = isBeside ? longestName : 2;
  const width = Math.max(10, columns - nameColumns - FAILED_COLUMNS);
  const axis = axisOver(all, width);
  const bars = unicode ? BARS.unicode : BARS.ascii;
  return [
    ...headLines(nameColumns, width),
    ...rows.flatMap((row) => {
      const failed = asText(formatPercent(row.failedShare), unicode).padStart(FAILED_COLUMNS);
      const line = `${drawn(row, axis, bars)}${failed}`;
      if (isBeside) return [row.name.padEnd(nameColumns) + line];
      return [...wrap(row.name, columns, '').split('\n'), ' '.repeat(nameColumns) + line];
    }),
    `${' '.repeat(nameColumns)}${axisLabels(axis)}`.trimEnd(),
  ];
}

/** Heads of the names, of the drawings and of the shares. */
function headLines(nameColumns: number, width: number): string[] {
  const lines = wrap(TITLE, width, '').split('\n');
  const heads = lines.map((line, i) => (i === lines.length - 1 ? `${line.padEnd(width)}   failed` : line));
  return heads.map((head, i) => {
    const name = i === 0 && nameColumns > ROW_HEAD.length ? ROW_HEAD : '';
    return name.padEnd(nameColumns) + head;
  });
}

function rowOf(
  name: string,
  blocks: Parameters<typeof tellingBlocksOf<RunResult['blocks'][number]>>[0],
): Row {
  const timed = blocks.map(timesOf);
  const { valuesMs, cumulative } = recordedIn(mergeHistograms(timed.map(({ times }) => times)));
  const completed = cumulative.at(-1) ?? 0;
  const failed = timed.reduce((sum, block) => sum + block.failed, 0);
  return {
    name,
    valuesMs: valuesMs.map((ms) => Math.max(LEAST_MS, ms)),
    counts: cumulative.map((upTo, i) => upTo - (cumulative[i - 1] ?? 0)),
    failedShare: failed === 0 ? 0 : failed / (failed + completed),
  };
}

interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
}

/** All rows on one axis, at least a decade of it. */
function axisOver(all: readonly number[], width: number): Axis {
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const stretch = Math.max(1, Math.sqrt((10 * least) / most));
  return { fromMs: least / stretch, toMs: most * stretch, width };
}

function bucketOf(ms: number, { fromMs, toMs, width }: Axis): number {
  const place = (Math.log(ms / fromMs) / Math.log(toMs / fromMs)) * width;
  return Math.min(width - 1, Math.max(0, Math.floor(place)));
}

/** A bucket with anything in it is never blank. */
function drawn({ valuesMs, counts }: Row, axis: Axis, bars: string): string {
  const buckets = new Array<number>(axis.width).fill(0);
  for (const [i, ms] of valuesMs.entries()) {
    const bucket = bucketOf(ms, axis);
    buckets[bucket] = (buckets[bucket] ?? 0) + (counts[i] ?? 0);
  }
  const fullest = Math.max(...buckets);
  const levels = [...bars];
  return buckets
    .map((count) => (count === 0 ? ' ' : levels[Math.ceil((count / fullest) * levels.length) - 1]))
    .join('');
}

/** The decades, and their halves and fifths where there is room, each where it is. */
function axisLabels(axis: Axis): string {
  const line = new Array<string>(axis.width).fill(' ');
  for (const steps of [[1], [3], [2, 5]]) {
    for (const ms of marksOn(axis, steps)) {
      const label = `|${formatMs(ms)}`;
      const at = bucketOf(ms, axis);
      const room = line.slice(Math.max(0, at - 1), at + label.length + 1);
      if (at + label.length > axis.width || room.some((character) => character !== ' ')) continue;
      for (const [i, character] of [...label].entries()) line[at + i] = character;
    }
  }
  return line.join('');
}

function marksOn({ fromMs, toMs }: Axis, steps: readonly number[]): number[] {
  const decades = Array.from({ length: 10 }, (_, i) => 10 ** (i - 2));
  return decades
    .flatMap((decade) => steps.map((step) => step * decade))
    .filter((ms) => ms >= fromMs && ms <= toMs);
}

function asText(text: string, unicode: boolean): string {
  return unicode ? text : text.replaceAll('–', '-');
}
