// The report of `probe --doctor` for a terminal and as Markdown: how much is wrong, then what, each with its advice.
import pc from 'picocolors';
import type { CheckStatus, DoctorCheck, DoctorReport } from '../../probe/types.ts';
import type { Tone } from '../text/columns.ts';
import { markdownTable } from '../text/markdown.ts';
import { proseColumnsOf, type TextOptions } from '../text/options.ts';
import { type Colours, toned } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { enumerate } from '../words/format.ts';
import { probeHostLine } from './host.ts';

/** In the order of the report. */
const STATUSES: readonly CheckStatus[] = ['failure', 'warning', 'unknown', 'ok'];
const TONES: Readonly<Record<CheckStatus, Tone>> = {
  failure: 'bad',
  warning: 'caution',
  unknown: 'plain',
  ok: 'good',
};
const STATUS_WIDTH = 9;
const INDENT = ' '.repeat(STATUS_WIDTH);

export function formatDoctor(report: DoctorReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const checks = sortedChecks(report.checks).map((check) => checkText(check, columns, colours));
  const host = colours.dim(wrap(probeHostLine(report.host), columns, '  '));
  return [wrap(summaryOf(report.checks), columns, '  '), checks.join('\n'), host].join('\n\n');
}

function checkText(
  { status, title, observed, advice }: DoctorCheck,
  columns: number,
  colours: Colours,
): string {
  // The status is coloured after wrapping, for colours have no width.
  const lines = wrap(`${status.padEnd(STATUS_WIDTH)}${title}: ${observed}`, columns, INDENT);
  const shown = toned(status, TONES[status], colours) + lines.slice(status.length);
  if (advice === '') return shown;
  const below = wrap(`> ${advice}`, columns - STATUS_WIDTH, '  ');
  return `${shown}\n${below.replace(/^/gm, INDENT)}`;
}

/** Ends with a newline. */
export function formatDoctorMarkdown(report: DoctorReport): string {
  const rows = sortedChecks(report.checks).map(({ status, title, observed, advice }) => [
    status,
    title,
    observed,
    advice,
  ]);
  const table = markdownTable(
    ['status', 'check', 'observed', 'advice'],
    ['left', 'left', 'left', 'left'],
    rows,
  );
  return `${[probeHostLine(report.host), table, summaryOf(report.checks)].join('\n\n')}\n`;
}

function sortedChecks(checks: readonly DoctorCheck[]): DoctorCheck[] {
  return [...checks].sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status));
}

/** `1 failure, 2 warnings and 13 ok`. */
function summaryOf(checks: readonly DoctorCheck[]): string {
  const counts = STATUSES.flatMap((status) => {
    const count = checks.filter((check) => check.status === status).length;
    return count === 0 ? [] : [`${count} ${count > 1 && PLURALS[status] ? PLURALS[status] : status}`];
  });
  return enumerate(counts);
}

const PLURALS: Readonly<Partial<Record<CheckStatus, string>>> = { failure: 'failures', warning: 'warnings' };
