// What ended a run before its time, in words.
import { unitOf } from '../../plan/thresholds/metrics.ts';
import { parseThreshold } from '../../plan/thresholds/threshold.ts';
import type { RunResult } from '../../result/types.ts';
import { formatMs, formatPercent, formatRatio, plural } from './format.ts';

/** `small-files/legacy.failureRate is 97.9 %, and the plan aborts on legacy.failureRate > 50% (2 blocks)`. */
export function abortInWords({
  expression,
  scenario,
  contestant,
  measured,
  blocks,
}: NonNullable<RunResult['abortedBy']>): string {
  const { metric } = parseThreshold(expression);
  const is = measured === 'failed' ? 'among failures' : valueInWords(metric, Number(measured));
  return `${scenario}/${contestant}.${metric} is ${is}, and the plan aborts on ${expression} (${plural(blocks, 'block')})`;
}

function valueInWords(metric: Parameters<typeof unitOf>[0], value: number): string {
  const unit = unitOf(metric);
  switch (unit) {
    case 'share':
      return formatPercent(value);
    case 'time':
      return formatMs(value);
    case 'number':
      return formatRatio(value);
    default:
      return unit satisfies never;
  }
}
