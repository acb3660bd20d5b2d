// A comparison of speeds as text for a terminal, as Markdown, or as JSON.
import { formatQuantile, type Tone } from '../text/columns.ts';
import type { TextOptions } from '../text/options.ts';
import { cautionsOf } from '../text/scenario.ts';
import {
  formatMsInterval,
  formatPValue,
  formatRatio,
  formatRatioInterval,
  NO_VALUE,
} from '../words/format.ts';
import { type VerdictWords, verdictInWords } from '../words/verdict.ts';
import { comparisonMarkdown, comparisonText, type LaidOut, type RowColumn } from './lay-out.ts';
import { type Quantity, quantityOf } from './quantities.ts';
import type { RatioReport, RatioRow, RatioSide } from './ratios.ts';

export function formatRatios(report: RatioReport, options: TextOptions): string {
  return comparisonText(laidOut(report), options);
}

export function formatRatiosMarkdown(report: RatioReport): string {
  return comparisonMarkdown(laidOut(report));
}

function laidOut(report: RatioReport): LaidOut<RatioRow> {
  return { report, columns: ratioColumns(report), notes: notes(report) };
}

/** The report as it is, unrounded; a ratio without bound is null. */
export function formatRatiosJson(report: RatioReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

type RatioColumn = RowColumn<RatioRow>;

/** Once for the terminal and for Markdown. */
function ratioColumns(report: RatioReport): readonly RatioColumn[] {
  const { of, metric, significance } = report;
  const { unit } = quantityOf(metric);
  const confidence = `${Number((100 * (1 - significance)).toFixed(1))} %`;
  const [first, second] = of === 'runs' ? ['A', 'B'] : ['baseline', 'candidate'];
  const value = (side: (row: RatioRow) => RatioSide): RatioColumn => ({
    ...{ group: 'values', head: `${metric} (95 %)`, align: 'right' },
    cell: (row) => sideText(side(row), unit),
  });
  const ratio = (head: string, cell: RatioColumn['cell']): RatioColumn => ({
    ...{ group: 'ratio', head, align: 'right', cell },
  });
  return [
    key('scenario', (row) => row.scenario),
    key(first, (row) => row.baseline.contestant),
    value((row) => row.baseline),
    key(second, (row) => row.candidate.contestant),
    value((row) => row.candidate),
    ratio(`ratio (${confidence})`, ratioText),
    ratio('p', (row) => formatPValue(row.pAdjusted)),
    ratio('blocks', (row) => String(row.blocks)),
    {
      ...{ group: 'ratio', head: 'verdict', align: 'left', flows: true },
      cell: (row) => verdictText(report, row),
      tone: (row) => toneOf(report, row),
    },
  ];
}

function key(head: string, cell: RatioColumn['cell']): RatioColumn {
  return { group: 'values', head, align: 'left', isKey: true, flows: true, cell };
}

function verdictText({ margin, better, alike }: RatioReport, row: RatioRow): string {
  const judged = {
    ...row,
    ...{ difference: row.ratio === null ? null : Math.log(row.ratio), method: null },
    interval: worsening(row, better),
  };
  return `${verdictInWords(judged, Math.log1p(margin), WORDS[better])}${alike ? '' : ' (A and B unlike)'}`;
}

/** Margins are logarithms here, as the verdict takes them. */
const inPerCent = (margin: number) => `${Number((100 * Math.expm1(margin)).toPrecision(3))} %`;
const WORDS: Readonly<Record<Quantity['better'], VerdictWords>> = {
  more: { better: 'more', worse: 'less', margin: inPerCent },
  less: { better: 'takes less time', worse: 'takes longer', margin: inPerCent },
};

/** The interval of the logarithm, more being worse. */
function worsening({ interval }: RatioRow, better: Quantity['better']) {
  if (interval === null) return null;
  const [low, high] = [Math.log(interval[0]), Math.log(interval[1])];
  return better === 'less' ? ([low, high] as const) : ([-high, -low] as const);
}

const BYTES_OF_A_MEGABYTE = 1e6;

function sideText({ value, interval }: RatioSide, unit: Quantity['unit']): string {
  if (unit === 'ms') {
    return interval === null
      ? formatQuantile(value)
      : `${formatQuantile(value)} (${formatMsInterval(interval)})`;
  }
  const scale = unit === 'bytes per second' ? BYTES_OF_A_MEGABYTE : 1;
  const number = formatRatio(value === null ? null : Number(value) / scale);
  const named = unit === 'bytes per second' ? `${number} MB/s` : `${number}/s`;
  if (interval === null) return named;
  return `${named} (${formatRatioInterval([Number(interval[0]) / scale, Number(interval[1]) / scale])})`;
}

/** `0.82 (0.79–0.86)`. */
function ratioText({ ratio, interval }: RatioRow): string {
  if (ratio === null) return NO_VALUE;
  return interval === null ? digits(ratio) : `${digits(ratio)} (${interval.map(digits).join('–')})`;
}

function digits(ratio: number): string {
  if (ratio === 0 || !Number.isFinite(ratio)) return ratio === 0 ? '0' : '∞';
  return String(Number(ratio.toPrecision(3)));
}

function toneOf({ alike }: RatioReport, { verdict }: RatioRow): Tone {
  const tones = { better: 'good', worse: 'bad', 'not-worse': 'good', inconclusive: 'caution' } as const;
  return alike ? tones[verdict] : 'caution';
}

function notes({ rows, metric, margin }: RatioReport): string[] {
  const { inWords, better } = quantityOf(metric);
  return [
    `${metric}: ${inWords}; ${better} is better`,
    `ratio: candidate / baseline; a change for the worse by up to ${Number((100 * margin).toPrecision(3))} % does not matter`,
    "p: sign-flip permutation test over pairs of blocks, after Holm's correction for the rows of the scenario",
    ...cautionsOf(rows.flatMap(({ baseline, candidate }) => [baseline.binder, candidate.binder])),
  ];
}
