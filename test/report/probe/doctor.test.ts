// The doctor's report as text and Markdown: what is wrong comes first, each with its advice.
import { describe, expect, it } from '@jest/globals';
import type { DoctorCheck, DoctorReport } from '../../../src/probe/types.ts';
import { formatDoctor, formatDoctorMarkdown } from '../../../src/report/probe/doctor.ts';

const FINE: DoctorCheck = {
  id: 'node',
  title: 'Node version',
  status: 'ok',
  observed: 'v20.20.2',
  advice: '',
};
const CHECKS: readonly DoctorCheck[] = [
  FINE,
  { ...FINE, id: 'a', title: 'A limit', status: 'warning', observed: '12 of 10', advice: 'Raise it soon.' },
  { ...FINE, id: 'b', title: 'A table', status: 'unknown', observed: 'this system does not tell' },
  {
    ...{ id: 'c', title: 'A port', status: 'failure', observed: 'taken by another | program' },
    advice: 'Stop that program, or choose another port that nobody uses.',
  },
  { ...FINE, id: 'd', title: 'A limit', status: 'warning', observed: '9 of 10', advice: 'Raise it.' },
];
const REPORT: DoctorReport = {
  formatVersion: 1,
  host: { platform: 'linux', kernel: '6.18.5', arch: 'x64', node: 'v20.20.2', sysctls: {} },
  checks: CHECKS,
};

describe('formatDoctor', () => {
  it('sorts by weight and wraps', () => {
    expect(
      formatDoctor(REPORT, { colour: false, columns: 50 }),
    ).toBe(`1 failure, 2 warnings, 1 unknown and 1 ok

failure  A port: taken by another | program
         > Stop that program, or choose another
           port that nobody uses.
warning  A limit: 12 of 10
         > Raise it soon.
warning  A limit: 9 of 10
         > Raise it.
unknown  A table: this system does not tell
ok       Node version: v20.20.2

linux 6.18.5 x64 · Node v20.20.2`);
  });

  it('says the same in colour', () => {
    const coloured = formatDoctor(REPORT, { colour: true, columns: 50 });
    const sgr = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(coloured).not.toBe(formatDoctor(REPORT, { colour: false, columns: 50 }));
    expect(coloured.replace(sgr, '')).toBe(formatDoctor(REPORT, { colour: false, columns: 50 }));
  });

  it('is short when all is well', () => {
    const text = formatDoctor({ ...REPORT, checks: [FINE] }, { colour: false });
    expect(text).toMatch(/^1 ok\n\nok {7}Node version: v20\.20\.2\n\nlinux /);
  });
});

it('formatDoctorMarkdown prints one table', () => {
  expect(formatDoctorMarkdown(REPORT).split('\n').slice(2, 6)).toEqual([
    '| status | check | observed | advice |',
    '| :-- | :-- | :-- | :-- |',
    '| failure | A port | taken by another \\| program | Stop that program, or choose another port that nobody uses. |',
    '| warning | A limit | 12 of 10 | Raise it soon. |',
  ]);
});
