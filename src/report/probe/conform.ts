// What `conform` found, for a terminal, as Markdown, and as JUnit XML.
import pc from 'picocolors';
import { formatEndpoint } from '../../address.ts';
import { CASE_VERDICTS, type CaseResult, type CaseVerdict, type ConformReport } from '../../probe/types.ts';
import { element, xmlText } from '../export/junit-xml.ts';
import type { Tone } from '../text/columns.ts';
import { markdownTable } from '../text/markdown.ts';
import { proseColumnsOf, type TextOptions } from '../text/options.ts';
import { type Colours, toned } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { enumerate } from '../words/format.ts';

const TONES: Readonly<Record<CaseVerdict, Tone>> = {
  conforms: 'good',
  tolerable: 'caution',
  breaks: 'bad',
  'not-run': 'plain',
};
const VERDICT_WIDTH = 11;
const INDENT = ' '.repeat(VERDICT_WIDTH);

/** By theme a line for each case; of one that does not conform what must come and what came. */
export function formatConform(report: ConformReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const sections = themesOf(report.cases).map((theme) => {
    const own = report.cases.filter((one) => one.theme === theme);
    return [colours.bold(theme), ...own.map((one) => caseText(one, columns, colours))].join('\n');
  });
  const notes = report.notes.map((note) => colours.yellow(wrap(`! ${note}`, columns, '  ')));
  const end = wrap(`${serverOf(report)}: ${summaryOf(report.cases)}`, columns, '  ');
  return [...sections, ...(notes.length > 0 ? [notes.join('\n')] : []), end].join('\n\n');
}

function caseText(one: CaseResult, columns: number, colours: Colours): string {
  const { verdict, id, title, clause, expects, seen } = one;
  // Coloured after wrapping, for colours have no width.
  const first = wrap(`${verdict.padEnd(VERDICT_WIDTH)}${id}: ${title}`, columns, INDENT);
  const shown = toned(verdict, TONES[verdict], colours) + first.slice(verdict.length);
  if (verdict === 'conforms') return shown;
  const below =
    verdict === 'not-run' ? [seen] : [`must: ${expects.join('; ')}`, `came: ${seen}`, `by ${clause}`];
  return [shown, ...below.map((line) => colours.dim(indented(line, columns)))].join('\n');
}

function indented(line: string, columns: number): string {
  return wrap(line, columns - VERDICT_WIDTH, '  ').replace(/^/gm, INDENT);
}

/** `93 cases: 84 conform, 3 are tolerable, none breaks, 6 were not run`. */
function summaryOf(cases: readonly CaseResult[]): string {
  const count = (verdict: CaseVerdict) => cases.filter((one) => one.verdict === verdict).length;
  const counts = CASE_VERDICTS.map((verdict) => `${count(verdict)} ${verdict}`);
  return `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}, ${enumerate(counts)}`;
}

function serverOf({ name, server }: ConformReport): string {
  return name === null ? formatEndpoint(server) : `${name} at ${formatEndpoint(server)}`;
}

function themesOf(cases: readonly CaseResult[]): string[] {
  return [...new Set(cases.map(({ theme }) => theme))];
}

/** A row for each case. Ends with a newline. */
export function formatConformMarkdown(report: ConformReport): string {
  const head = ['case', 'by', 'must', 'verdict', 'what came'];
  const rows = report.cases.map(({ id, title, clause, expects, verdict, seen }) => [
    `\`${id}\`: ${title}`,
    clause,
    expects.join('; '),
    verdict,
    seen,
  ]);
  const table = markdownTable(head, ['left', 'left', 'left', 'left', 'left'], rows);
  return `${[`## ${serverOf(report)}`, summaryOf(report.cases), table, ...report.notes].join('\n\n')}\n`;
}

/** One test case each, by theme; `breaks` is a failure, what was not run is skipped. Ends with a newline. */
export function formatConformJUnit(report: ConformReport): string {
  const { cases } = report;
  const name = `port20 conform: ${serverOf(report)}`;
  const count = (verdict: CaseVerdict) => cases.filter((one) => one.verdict === verdict).length;
  const time = seconds(cases.reduce((ms, { durationMs }) => ms + durationMs, 0));
  const totals = { name, tests: cases.length, failures: count('breaks'), errors: 0, time };
  const suite = element('testsuite', { ...totals, skipped: count('not-run') }, cases.map(testCase));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', totals, [suite])}\n`;
}

function testCase({ id, theme, clause, expects, seen, verdict, durationMs }: CaseResult): string {
  const attributes = {
    classname: `port20.conform.${theme.replaceAll(' ', '-')}`,
    name: id,
    time: seconds(durationMs),
  };
  switch (verdict) {
    case 'conforms':
    case 'tolerable':
      return element('testcase', attributes);
    case 'not-run':
      return element('testcase', attributes, [element('skipped', { message: seen })]);
    case 'breaks': {
      const told = xmlText(`must: ${expects.join('; ')}\ncame: ${seen}`);
      return element('testcase', attributes, [element('failure', { message: seen, type: clause }, [told])]);
    }
    default:
      return verdict satisfies never;
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** What `--list` shows: what each case sends, and what must come. */
export function formatCaseList(
  cases: readonly Pick<CaseResult, 'id' | 'theme' | 'title' | 'clause' | 'sends' | 'expects'>[],
  options: TextOptions,
): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const below = (line: string) => wrap(line, columns - 2, '  ').replace(/^/gm, '  ');
  const blocks = cases.map(({ id, title, clause, sends, expects }) =>
    [
      colours.bold(id) + wrap(`${id}: ${title} (${clause})`, columns, '  ').slice(id.length),
      ...(sends.length > 0 ? [colours.dim(below(`sends: ${sends.join(' | ')}`))] : []),
      ...(expects.length > 0 ? [colours.dim(below(`must come: ${expects.join(' | ')}`))] : []),
    ].join('\n'),
  );
  return blocks.join('\n');
}
