// `port20 merge`: two real runs with seeds of their own become one; mistakes are one line each.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readRunResult } from '../../src/result/read.ts';
import { expectOneLine, MAIN, run, startProgram } from './port20.ts';

const cwd = mkdtempSync(join(tmpdir(), 'port20-test-'));
const SHORT = [
  '--binder',
  'legacy-bsd,reuse-port',
  '--sessions',
  '4',
  '--duration',
  '100ms',
  '--blocks',
  '3',
];

beforeAll(async () => {
  for (const [file, seed, unit] of [
    ['a.json', '1', '1ms'],
    ['b.json', '2', '1ms'],
    ['other.json', '3', '2ms'],
  ] as const) {
    const flags = [...SHORT, '--time-unit', unit, '--seed', seed, '--out', file];
    expect((await run(['stress', ...flags], { cwd })).status).toBe(0);
  }
});

describe('merge', () => {
  it('prints and saves a result of all blocks, which report and compare read', async () => {
    const { status, stdout } = await run(['merge', 'a.json', 'b.json', '--out', 'both.json'], { cwd });
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('Merged from 2 runs: seed 1');
    const read = (file: string) => readRunResult(JSON.parse(readFileSync(join(cwd, file), 'utf8')));
    const [a, b, both] = [read('a.json'), read('b.json'), read('both.json')];
    for (const contestant of ['legacy-bsd', 'reuse-port']) {
      const completedIn = ({ strategies }: typeof a) =>
        strategies.find((one) => one.contestant === contestant)?.completed ?? 0;
      expect(completedIn(both)).toBe(completedIn(a) + completedIn(b));
    }
    expect(both.comparisons[0]?.blocks).toBe(6);
    expect((await run(['report', 'both.json', '--format', 'csv'], { cwd })).status).toBe(0);
    const compared = await run(['compare', 'both.json', '--candidate', 'reuse-port', '--metric', 'rate'], {
      cwd,
    });
    expect(compared.stdout).toMatch(/reuse-port .* 6 /);
  });

  it('takes results from pipes, which can be read once', async () => {
    const script = '"$0" "$1" merge <(cat a.json) <(cat b.json) --json';
    const piped = await startProgram('bash', ['--norc', '-c', script, process.execPath, MAIN], { cwd }).ended;
    expect(piped.stderr).toBe('');
    expect(readRunResult(JSON.parse(piped.stdout)).merged).toHaveLength(2);
  });

  it.each([
    [['a.json', 'a.json'], /^port20: 'a\.json' and 'a\.json' have the same run in them/],
    [['a.json', 'other.json'], /plan\.timeUnit is 1ms in the first, 2ms in the second/],
    [['a.json'], /name two results/],
    [[], /missing required argument/],
    [['a.json', 'nosuch.json'], /nosuch\.json/],
  ])('%j: exit 2', async (files, message) => {
    expectOneLine(await run(['merge', ...files], { cwd }), 2, message);
  });
});
