// Forest plot of the differences to the baseline: intervals on one side of zero tell something.
import type { Comparison, RunResult } from '../../result/types.ts';
import { enumerate, formatPoints, formatPointsInterval, formatPValue } from '../words/format.ts';
import { groupBy } from '../words/group.ts';
import { marginInWords, verdictInWords } from '../words/verdict.ts';
import { percentTick, spanAxis } from './axis.ts';
import { chartId, lookOf, type Page } from './data.ts';
import type { DataTable } from './data-table.ts';
import { figure } from './figure.ts';
import type { Markup } from './markup.ts';
import type { Chart } from './plot.ts';
import { type PointRow, pointMarks } from './row-marks.ts';
import { rowsChart } from './rows.ts';

export function differencesFigure(page: Page): Markup {
  const { comparisons, requested } = page.result;
  const told = comparisons.filter(({ difference }) => difference !== null);
  const groups = groupBy(told, ({ scenario }) => scenario);
  const limits = told.flatMap(({ difference, interval }) => interval ?? [difference ?? 0]);
  const domain = [Math.min(0, ...limits), Math.max(0, ...limits)] as const;
  return figure({
    id: 'differences',
    seen: seen(page.result, told),
    marks: `Difference to ${requested.baseline} in percentage points, with its interval; left of the line at 0 are fewer failures.`,
    charts: groups.map((own) => ({
      scenario: own[0]?.scenario ?? '',
      chart: chartOf(page, own, domain),
    })),
    tables: groups.map(tableOf),
  });
}

const CLAIMS = { better: 'failed less', worse: 'failed more' } as const;

/** `Against legacy-bsd, reuse-addr and reuse-port failed less and legacy failed more`. */
function seen({ requested }: RunResult, comparisons: readonly Comparison[]): string {
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

function chartOf(page: Page, comparisons: readonly Comparison[], domain: readonly [number, number]): Chart {
  const rows = comparisons.map((one) => rowOf(page, one));
  return {
    id: chartId(page, 'differences', comparisons[0]?.scenario ?? ''),
    title: `Differences to ${page.result.requested.baseline} in ${comparisons[0]?.scenario}`,
    description: rows.map(({ label, numbers }) => `${label}: ${numbers}`).join('; '),
    draw: rowsChart({
      rows,
      axis: spanAxis(domain, 'difference of failure rates, percentage points', percentTick),
      marks: pointMarks,
      reference: 0,
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
    numbers: `${formatPoints(difference)} (${formatPointsInterval(interval)}) ${SHORT_VERDICTS[verdict]}`,
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
