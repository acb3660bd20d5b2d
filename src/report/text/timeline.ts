// What became of a long block: transfers a second, sockets in TIME_WAIT and the time of a bind, span by span.

import type { Scenario } from '../../plan/types.ts';
import type { BlockResult, RunResult, Timeline } from '../../result/types.ts';
import { formatCount, formatMs, formatRatio, formatTimeSpan, NO_VALUE } from '../words/format.ts';
import { groupBy } from '../words/group.ts';
import { ROW_HEAD } from './columns.ts';

const MINUTE_MS = 60_000;
/** A block shorter than two of the first has no second one to compare with the first. Slices of a timeline fit into each. */
const SPANS_MS = [0.5, 1, 2, 5, 10, 30, 60].map((minutes) => minutes * MINUTE_MS);
/** More columns would not fit. */
const MAX_SPANS = 6;

export interface TimelineTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Null for a scenario of short blocks. Of several blocks of a strategy, the mean of each span that at least half of them tell. */
export function timelineTable(
  result: Pick<RunResult, 'blocks' | 'strategies'>,
  scenario: Scenario,
): TimelineTable | null {
  const { durationMs } = scenario;
  const spanMs = SPANS_MS.find((ms) => durationMs <= ms * MAX_SPANS) ?? (SPANS_MS.at(-1) as number);
  const spans = Math.floor(durationMs / spanMs);
  const blocks = result.blocks
    .filter(hasTimeline)
    .filter((block) => block.valid && block.scenario === scenario.name);
  if (spans < 2 || blocks.length === 0) return null;
  const order = result.strategies.map(({ contestant }) => contestant);
  const groups = groupBy(blocks, ({ contestant }) => contestant);
  groups.sort(([a], [b]) => order.indexOf(a?.contestant ?? '') - order.indexOf(b?.contestant ?? ''));
  const names = Array.from({ length: spans }, (_, i) => spanName(i, spanMs));
  const head = [ROW_HEAD, `in each ${formatTimeSpan(spanMs)}`, ...names];
  return { head, rows: groups.flatMap((own) => rowsOf(own, spans, spanMs)) };
}

type TimedBlock = BlockResult & { readonly timeline: Timeline };

function hasTimeline(block: BlockResult): block is TimedBlock {
  return block.timeline !== null;
}

/** `30–60 s`, `1–2 min`. */
function spanName(index: number, spanMs: number): string {
  const [unit, unitMs] = spanMs < MINUTE_MS ? ['s', 1000] : ['min', MINUTE_MS];
  return `${(index * spanMs) / unitMs}–${((index + 1) * spanMs) / unitMs} ${unit}`;
}

function rowsOf(blocks: readonly TimedBlock[], spans: number, spanMs: number): string[][] {
  const name = blocks[0]?.contestant ?? '';
  const measured = Array.from({ length: spans }, (_, index) =>
    blocks.map((block) => spanOf(block, index, spanMs)),
  );
  // A mean of fewer than half of the blocks would change with the choice of them.
  const cells = (value: (span: Span) => number | null, format: (n: number) => string) =>
    measured.map((own) => {
      const known = own.flatMap((span) => value(span) ?? []);
      return known.length === 0 || 2 * known.length < own.length
        ? NO_VALUE
        : format(known.reduce((sum, n) => sum + n, 0) / known.length);
    });
  const rows = [
    [name, 'transfers/s', ...cells(({ perSecond }) => perSecond, formatRatio)],
    ['', 'most in TIME_WAIT on the data port', ...cells(({ timeWait }) => timeWait, formatCount)],
    ['', 'time of a bind', ...cells(({ bindMs }) => bindMs, formatMs)],
  ];
  // A foreign server tells no bind times; nor does a row of dashes.
  return rows.filter((row, i) => i === 0 || row.slice(2).some((cell) => cell !== NO_VALUE));
}

interface Span {
  readonly perSecond: number;
  readonly timeWait: number | null;
  readonly bindMs: number | null;
}

function spanOf({ timeline }: TimedBlock, index: number, spanMs: number): Span {
  const { everyMs, completed, timeWaitSockets, bindMs } = timeline;
  const [from, to] = [(index * spanMs) / everyMs, ((index + 1) * spanMs) / everyMs];
  const within = <T>(values: readonly T[]): T[] => values.slice(from, to);
  const waiting = within(timeWaitSockets).filter((n) => n !== null);
  // Weighted by the transfers of each slice: a busy one says more about a bind than an idle one.
  const binds = within(bindMs).flatMap((ms, i) => (ms === null ? [] : [{ ms, n: completed[from + i] ?? 0 }]));
  const weight = binds.reduce((sum, { n }) => sum + n, 0);
  return {
    perSecond: within(completed).reduce((sum, n) => sum + n, 0) / (spanMs / 1000),
    timeWait: waiting.length === 0 ? null : Math.max(...waiting),
    bindMs: weight === 0 ? null : binds.reduce((sum, { ms, n }) => sum + ms * n, 0) / weight,
  };
}
