// The kernel report as text and as Markdown, and the rows into which the truth table is merged.
import { describe, expect, it } from '@jest/globals';
import { OPTION_SETS, type TruthTableCell } from '../../../src/probe/types.ts';
import { claimCounts } from '../../../src/report/probe/claims.ts';
import { formatKernelReport } from '../../../src/report/probe/kernel.ts';
import { formatKernelReportMarkdown } from '../../../src/report/probe/kernel-markdown.ts';
import { mergedTables } from '../../../src/report/probe/rows.ts';
import { KERNEL_REPORT, linuxTable } from './sample-kernel-report.ts';

const ESCAPE = /\x1b\[\d+m/;

describe('a kernel report', () => {
  it('as text', () => {
    expect(formatKernelReport(KERNEL_REPORT, { colour: false })).toMatchSnapshot();
  });

  it('as Markdown', () => {
    expect(formatKernelReportMarkdown(KERNEL_REPORT)).toMatchSnapshot();
  });

  it('has colours where they are asked for alone, and keeps to its width', () => {
    expect(formatKernelReport(KERNEL_REPORT, { colour: true })).toMatch(ESCAPE);
    const plain = formatKernelReport(KERNEL_REPORT, { colour: false, columns: 80 });
    expect(plain).not.toMatch(ESCAPE);
    const sentences = plain.split('\n').filter((line) => !/─|EADDRINUSE {2}/.test(line));
    expect(sentences.filter((line) => line.length > 80 && !line.includes('holder'))).toEqual([]);
  });
});

describe('the rows of the truth table', () => {
  it('the whole of Linux in six', () => {
    const [table, ...others] = mergedTables(linuxTable());
    expect(others).toEqual([]);
    expect(table?.families).toEqual(['IPv4', 'IPv6']);
    expect(table?.groups.map(({ states, rows }) => [states.length, rows.length])).toEqual([
      [5, 4],
      [1, 2],
    ]);
  });

  it('one other answer of one family parts the families and the state', () => {
    const tables = mergedTables(
      changed((cell) => cell.family === 'IPv6' && cell.state === 'time-wait' && cell.holder === 'none'),
    );
    expect(tables.map(({ families }) => families)).toEqual([['IPv4'], ['IPv6']]);
    expect(tables[1]?.groups.map(({ states }) => states)).toEqual([
      ['bound', 'syn-sent', 'established', 'fin-wait-2'],
      ['time-wait'],
      ['listen'],
    ]);
  });

  it('keeps every cell', () => {
    const cells = changed((_, i) => i % 7 === 0);
    const again = mergedTables(cells).flatMap(({ families, groups }) =>
      families.flatMap((family) =>
        groups.flatMap(({ states, rows }) =>
          states.flatMap((state) =>
            rows.flatMap(({ holders, binds }) =>
              holders.flatMap((holder) =>
                OPTION_SETS.map((binder, i) => ({ family, state, holder, binder, bind: binds[i] })),
              ),
            ),
          ),
        ),
      ),
    );
    expect(again).toHaveLength(cells.length);
    expect(again).toEqual(expect.arrayContaining([...cells]));
  });

  it('what was not run is told', () => {
    const report = { ...KERNEL_REPORT, truthTable: changed(({ state }) => state === 'syn-sent') };
    expect(formatKernelReport(report, { colour: false })).toMatch(/^SYN_SENT .*not run/m);
    expect(formatKernelReportMarkdown(report)).toMatch(/^\| SYN_SENT .*\| not run \|/m);
  });
});

describe('the count of claims', () => {
  const [holds, fails, open] = KERNEL_REPORT.claims;
  if (!holds || !fails || !open) throw new Error('the sample has a claim of each verdict');

  it.each([
    [[], '0 claims'],
    [[holds], '1 claim: 1 holds'],
    [[holds, holds, open], '3 claims: 2 hold and 1 was not run'],
    [[holds, fails, fails, open, open], '5 claims: 1 holds, 2 do not hold here and 2 were not run'],
  ])('%#: %s', (claims, words) => {
    expect(claimCounts(claims)).toBe(words);
  });
});

function changed(where: (cell: TruthTableCell, i: number) => boolean): TruthTableCell[] {
  return linuxTable().map((cell, i) => (where(cell, i) ? { ...cell, bind: 'not-run' } : cell));
}
