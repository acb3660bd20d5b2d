// Thresholds as people write them: `reuse-port.failureRate < 0.1%`, `small-files/*.transferP99Ms <= 20ms`.
//
//   threshold = [ scenario "/" ] strategy "." metric operator limit
//   scenario  = name | "*"                    every scenario, when it is left out
//   strategy  = name | "*"                    as in the table: reuse-port, legacy-bsd#2, pure-ftpd, 127.0.0.1:2121
//   metric    = one of METRIC_NAMES
//   operator  = "<" | "<=" | ">" | ">=" | "=="
//   limit     = number                        as the metric counts: a share from 0 to 1, milliseconds, a number
//             | number "%"                    of a share
//             | number ("ms" | "s" | "m")     of a time
//
// Spaces may stand around the operator and before a unit. A strategy's name may have dots, but the metric's has none.
import { UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { quoted } from '../../quoted.ts';
import { parseDurationMs } from '../../units.ts';
import { METRIC_NAMES, type MetricName, type MetricUnit, unitOf } from './metrics.ts';

export const OPERATORS = ['<', '<=', '>', '>=', '=='] as const;
export type Operator = (typeof OPERATORS)[number];
/** Stands for every scenario, or every strategy. */
export const ANY = '*';

export interface Threshold {
  /** As it was written, in one line. */
  readonly text: string;
  /** A name, or `*`. */
  readonly scenario: string;
  /** A name, or `*`. */
  readonly contestant: string;
  readonly metric: MetricName;
  readonly operator: Operator;
  /** In the metric's own unit: a share from 0 to 1, milliseconds, or a number. */
  readonly limit: number;
}

/** @throws UsageError with one line that says what is wrong with which threshold */
export function parseThreshold(text: string): Threshold {
  const written = text.trim().replace(/\s+/g, ' ');
  try {
    const [, subject = '', operator = '', limit = ''] = /^([^<>=!]*)([<>=!]*)(.*)$/s.exec(written) ?? [];
    const { scenario, contestant, metric } = readSubject(subject.trim());
    return {
      text: written,
      ...{ scenario, contestant, metric },
      operator: readOperator(operator),
      limit: readLimit(limit.trim(), unitOf(metric)),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`threshold ${quoted(written)}: ${error.message}`, { cause: error });
  }
}

function readSubject(subject: string): Pick<Threshold, 'scenario' | 'contestant' | 'metric'> {
  const [, scenario = ANY, contestant = '', name = ''] = /^(?:([^/]*)\/)?(.*)\.([^.]*)$/s.exec(subject) ?? [];
  if (scenario.trim() === '' || contestant.trim() === '') {
    throw new UsageError(
      `${quoted(subject)} is not a strategy and a metric such as reuse-port.failureRate or *.failureRate`,
    );
  }
  const metric = METRIC_NAMES.find((known) => known === name.trim());
  if (metric !== undefined) return { scenario: scenario.trim(), contestant: contestant.trim(), metric };
  throw new UsageError(
    `unknown metric ${quoted(name.trim())}${didYouMean(name.trim(), METRIC_NAMES)}: use ${METRIC_NAMES.join(', ')}`,
  );
}

function readOperator(text: string): Operator {
  const operator = OPERATORS.find((known) => known === text);
  if (operator !== undefined) return operator;
  const found = text === '' ? 'no operator' : `unknown operator ${quoted(text)}`;
  throw new UsageError(`${found}: use ${OPERATORS.join(', ')}`);
}

function readLimit(text: string, unit: MetricUnit): number {
  const [, digits, percent] = /^((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)$/i.exec(text) ?? [];
  // 0.7 % is .007, which a division of binary fractions misses by a hair.
  const number = Number((Number(digits) / (percent === '%' ? 100 : 1)).toPrecision(15));
  const plain = digits !== undefined && percent === '' && Number.isFinite(number);
  switch (unit) {
    case 'share':
      if (digits !== undefined && number <= 1) return number;
      throw new UsageError(
        `${quoted(text)} is not a share: use a number from 0 to 1, or per cent such as 0.1%`,
      );
    case 'time':
      return plain ? number : parseDurationMs(text);
    case 'number':
      if (plain) return number;
      throw new UsageError(`${quoted(text)} is not a number from 0 on`);
    default:
      return unit satisfies never;
  }
}
