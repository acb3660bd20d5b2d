// Forest plot of the differences to the baseline: intervals on one side of zero tell something.
import type { Comparison, RunResult } from '../../result/types.ts';
import { enumerate, formatPoints, formatPointsInterval, formatPValue } from '../words/format.ts';
import { groupBy } from '../words/group.ts';
import { marginInWords, verdictInWords } from '../words/verdict.ts';
import { percentTick, spanAxis } from './axis.ts';
import { chartId, lookOf, type Page } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure, statement } from './figure.ts';
import { type Markup, NOTHING } from './markup.ts';
import type { Chart } from './plot.ts';
import { type PointRow, pointMarks } from './row-marks.ts';
import { type RowsLayout, rowsChart, rowsLayout } from './rows.ts';

/** Of scenarios in which all failed as often as the baseline there is no drawing. */
export function differencesFigure(page: Page): Markup {
  const { comparisons, requested } = page.result;
  const told = comparisons.filter(({ difference }) => difference !== null);
  if (told.length === 0) return NOTHING;
  const groups = groupBy(told, ({ scenario }) => scenario).map((own) => ({
    scenario: own[0]?.scenario ?? '',
    own,
    rows: own.map((one) => rowOf(page, one)),
    isLevel: own.every(({ difference }) => difference === 0),
  }));
  const tables = groups.map(({ own }) => tableOf(own));
  const drawn = groups.filter(({ isLevel }) => !isLevel);
  const level = groups.filter(({ isLevel }) => isLevel).map(({ scenario }) => scenario);
  if (drawn.length === 0) return statement('differences', `${againstBaseline(page.result)}.`, tables);
  const limits = told.flatMap(({ difference, interval }) => interval ?? [difference ?? 0]);
  const domain = [Math.min(0, ...limits), Math.max(0, ...limits)] as const;
  const layout = rowsLayout(drawn.flatMap(({ rows }) => rows));
  return figure({
    id: 'differences',
    seen: againstBaseline(page.result),
    marks: `Shape: difference to ${requested.baseline} in percentage points; line: its interval; left of the line at 0 are fewer failures.${
      level.length === 0 ? '' : ` Not drawn: ${enumerate(level)}, in which all failed equally often.`
    }`,
    charts: drawn.map(({ scenario, rows }) => ({
      scenario,
      chart: chartOf(page, { scenario, rows, layout, domain }),
    })),
    summary: 'Differences, intervals and p in numbers',
    tables,
  });
}

const CLAIMS = { better: 'failed less', worse: 'failed more' } as const;

/** `Against legacy-bsd, reuse-addr and reuse-port failed less and legacy failed more`. */
function againstBaseline({ requested, comparisons: all }: RunResult): string {
  const comparisons = all.filter(({ difference }) => difference !== null);
  const parts = (['better', 'worse'] as const).flatMap((verdict) => {
    const own = comparisons.filter((one) => one.verdict === verdict);
    const names = [...new Set(own.map(({ candidate }) => candidate))];
    return names.length === 0
      ? []
      : [`${enumerate(names)} ${CLAIMS[verdict]}${scenariosOf(own, names.length, requested)}`];
  });
  const against = `Against ${requested.baseline}`;
  return parts.length === 0
    ? `${against}, no strategy is shown to fail less or more`
    : `${against}, ${enumerate(parts)}`;
}

/** Where a verdict holds for all named in the same scenarios of several. */
function scenariosOf(
  own: readonly Comparison[],
  candidates: number,
  { scenarios }: RunResult['requested'],
): string {
  const names = [...new Set(own.map(({ scenario }) => scenario))];
  if (scenarios.length === 1) return '';
  if (own.length === candidates * scenarios.length) return ' in every scenario';
  return own.length === candidates * names.length ? ` in ${enumerate(names)}` : ' in some scenarios';
}

interface Differences {
  readonly scenario: string;
  readonly rows: readonly PointRow[];
  readonly layout: RowsLayout;
  readonly domain: readonly [number, number];
}

function chartOf({ result }: Page, { scenario, rows, layout, domain }: Differences): Chart {
  const found = result.comparisons.filter((one) => one.scenario === scenario);
  return {
    id: chartId({ result }, 'differences', scenario),
    title: `Differences to ${result.requested.baseline} in ${scenario}`,
    description: found
      .map(({ candidate, difference, interval, verdict }) => {
        const points = `${formatPoints(difference)} points (${formatPointsInterval(interval)})`;
        return `${candidate}: ${points}, ${SHORT_VERDICTS[verdict]}`;
      })
      .join('; '),
    options: rowsChart({
      ...{ rows, layout, marks: pointMarks, reference: 0 },
      axis: spanAxis(domain, 'percentage points', percentTick),
    }),
  };
}

const SHORT_VERDICTS = {
  better: 'better',
  worse: 'worse',
  'not-worse': 'not worse',
  inconclusive: 'inconclusive',
} satisfies Record<Comparison['verdict'], string>;

function rowOf(page: Page, { candidate, difference, interval, verdict }: Comparison): PointRow {
  return {
    label: candidate,
    numbers: SHORT_VERDICTS[verdict],
    look: lookOf(page, candidate),
    ...{ value: difference, interval },
  };
}

function tableOf(comparisons: readonly Comparison[]): DataTable {
  const { scenario, baseline, significance = 0, margin = 0 } = comparisons[0] ?? {};
  const confidence = `${Number((100 * (1 - significance)).toFixed(1))} %`;
  return {
    caption: `Differences to ${baseline} in ${scenario}; a rise of up to ${marginInWords(margin)} does not matter`,
    head: [
      'candidate',
      'difference, points',
      `${confidence} interval, points`,
      'p',
      'p after Holm',
      'pairs of blocks',
      'verdict',
    ],
    textColumns: [0, 6],
    rows: comparisons.map((one) => [
      ...[one.candidate, formatPoints(one.difference), formatPointsInterval(one.interval)],
      ...[formatPValue(one.pValue), formatPValue(one.pAdjusted), one.blocks],
      verdictInWords({ ...one, method: null }, one.margin),
    ]),
  };
}
