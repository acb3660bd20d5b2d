// The report of `conform` as text, Markdown and JUnit: what broke is told with what must come and what came.
import { expect, it } from '@jest/globals';
import type { CaseResult, ConformReport } from '../../../src/probe/types.ts';
import {
  formatConform,
  formatConformJUnit,
  formatConformMarkdown,
} from '../../../src/report/probe/conform.ts';
import { parseXml } from '../export/junit-parser.ts';

const FINE: CaseResult = {
  id: 'reply-noop',
  theme: 'replies and order',
  title: 'NOOP is 200',
  clause: 'RFC 959 5.4',
  sends: ['NOOP'],
  expects: ['200'],
  verdict: 'conforms',
  seen: 'NOOP → 200',
  durationMs: 3,
};
const REPORT: ConformReport = {
  formatVersion: 1,
  name: null,
  server: { address: '127.0.0.1', port: 2121 },
  cases: [
    FINE,
    { ...FINE, id: 'reply-allo', title: 'ALLO is 200', verdict: 'breaks', seen: 'ALLO 1 → 502 | "<no>"' },
    {
      ...FINE,
      id: 'tls-auth',
      theme: 'tls',
      title: 'AUTH TLS is 234',
      verdict: 'not-run',
      seen: 'AUTH TLS → 502',
    },
  ],
  notes: ['/port20-conform-1 is left on the server: 550 No.'],
};

it('as text', () => {
  expect(formatConform(REPORT, { colour: false, columns: 60 })).toBe(`replies and order
conforms   reply-noop: NOOP is 200
breaks     reply-allo: ALLO is 200
           must: 200
           came: ALLO 1 → 502 | "<no>"
           by RFC 959 5.4

tls
not-run    tls-auth: AUTH TLS is 234
           AUTH TLS → 502

! /port20-conform-1 is left on the server: 550 No.

127.0.0.1:2121: 3 cases, 1 conforms, 0 tolerable, 1 breaks
  and 1 not-run`);
});

it('as Markdown, a row a case', () => {
  const rows = formatConformMarkdown(REPORT).split('\n');
  expect(rows).toContain('| `reply-noop`: NOOP is 200 | RFC 959 5.4 | 200 | conforms | NOOP → 200 |');
  expect(rows.filter((row) => row.startsWith('| `'))).toHaveLength(3);
});

it('as JUnit: what breaks is a failure, what was not run is skipped', () => {
  const suites = parseXml(formatConformJUnit(REPORT));
  const [suite] = suites.children;
  expect(suite?.attributes).toMatchObject({ tests: '3', failures: '1', errors: '0', skipped: '1' });
  expect(suite?.children.map((one) => one.children[0]?.name)).toEqual([undefined, 'failure', 'skipped']);
});
