// What a comparison says of SO_REUSEADDR: by the kernel that it ran on, and by who was compared.
import { expect, it } from '@jest/globals';
import { slowReuseAddr } from '../../../src/report/words/reuse-addr.ts';
import type { RunResult, StrategyResult } from '../../../src/result/types.ts';
import { sampleResult } from '../sample-result.ts';

const RESULT = sampleResult();
const [ROW] = RESULT.strategies;

function row(
  contestant: string,
  kind: StrategyResult['kind'],
  binder: StrategyResult['binder'],
): StrategyResult {
  if (ROW === undefined) throw new Error('the sample has no rows');
  return { ...ROW, contestant, kind, binder };
}

function said(kernel: string, ...strategies: StrategyResult[]): string {
  const host: RunResult['host'] = { ...RESULT.host, platform: 'linux', kernel };
  return slowReuseAddr({ host, strategies }).join('\n');
}

const PORT = row('reuse-port', 'binder', 'reuse-port');
const ADDR = row('reuse-addr', 'binder', 'reuse-addr');
const BOTH = row('reuse-both', 'binder', 'reuse-both');
const VSFTPD = row('vsftpd#2', 'peer', null);
const PURE = row('pure-ftpd', 'peer', null);

it('names who binds with SO_REUSEADDR alone, and the kernel, and how sure that is', () => {
  expect(said('6.12.117', PORT, ADDR)).toMatch(
    /^reuse-addr binds with SO_REUSEADDR alone, for which Linux 6\.12\.117 walks every socket on the port \(measured on this version\)/,
  );
  expect(said('6.9.1', ADDR, VSFTPD, PURE)).toMatch(
    /^reuse-addr and vsftpd#2 bind .* \(by when the change was merged/,
  );
});

it('says nothing where the kernel has the fast path, where nobody binds so, or where nothing is compared', () => {
  expect(said('6.1.0-56-amd64', PORT, ADDR, VSFTPD)).toBe('');
  expect(said('6.12.117', PORT, BOTH, PURE)).toBe('');
  expect(said('6.12.117', ADDR)).toBe('');
  expect(said('6.12.117', PORT, row('127.0.0.1:2121', 'target', null))).toBe('');
});
