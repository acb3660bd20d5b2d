import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sampleResult } from '../report/sample-result.ts';
import { emptyFolder, expectOneLine, run } from './port20.ts';

const cwd = emptyFolder();

interface Row {
  readonly scenario: string;
  readonly contestant: string;
  readonly forecast: {
    readonly failureRate: number;
    readonly contention: { readonly offeredLoad: number } | null;
  };
  readonly formulas: readonly { readonly name: string; readonly failureRate: number }[];
  readonly ifHold: { readonly by: number; readonly shorter: number; readonly longer: number } | null;
  readonly measured: { readonly failureRate: number; readonly verdict: string } | null;
}

async function rowsOf(args: readonly string[]): Promise<readonly Row[]> {
  const { status, stdout, stderr } = await run(['predict', ...args, '--json'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout).rows;
}

describe('before a run', () => {
  it('tells the default plan, with what it assumes', async () => {
    const { status, stdout } = await run(['predict'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^prediction · plan quick, .* it is assumed\s+that/);
    expect(stdout).toMatch(/^reuse-port +none +– +– +0 % +0–0 +–$/m);
  });

  it('says what becomes of it where each hold is a tenth shorter, and a tenth longer', async () => {
    // Near a = 1, where a little more makes much of a difference.
    const load = ['--rate', '18', '--sessions', '500', '--duration', '60s', '--hold', '50ms'];
    const [row] = await rowsOf([...load, '--time-unit', '100ms', '--binder', 'legacy-bsd']);
    const { by, shorter, longer } = row?.ifHold ?? { by: 0, shorter: 1, longer: 0 };
    expect(by).toBe(0.1);
    expect(shorter).toBeLessThan(row?.forecast.failureRate ?? 0);
    expect(longer).toBeGreaterThan(1.3 * (row?.forecast.failureRate ?? 1));
    const [shared] = await rowsOf([...load, '--binder', 'reuse-port']);
    expect(shared?.ifHold).toBeNull();
  });

  it('random arrivals that bind once: simulation and a / (1 + a) agree', async () => {
    const load = ['--rate', '10', '--sessions', '1000', '--duration', '1m', '--service', '10ms'];
    const [row] = await rowsOf([...load, '--hold', '50ms', '--retry', 'none', '--binder', 'legacy-bsd']);
    expect(row?.forecast.contention?.offeredLoad).toBeCloseTo(0.5, 1);
    expect(row?.formulas[0]?.name).toBe('one-try');
    expect(row?.forecast.failureRate).toBeCloseTo(row?.formulas[0]?.failureRate ?? 0, 1);
  });
});

describe('after a run', () => {
  beforeAll(() => writeFileSync(join(cwd, 'run.json'), JSON.stringify(sampleResult())));

  it('puts the simulation beside what was measured; a shared port explains no failure', async () => {
    const rows = await rowsOf(['--from', 'run.json', '--binder', 'reuse-port']);
    const none = { forecast: { failureRate: 0 }, measured: { failureRate: 0, verdict: 'explained' } };
    expect(rows).toMatchObject([none, none]);
  });

  it('a strategy that the result does not have is a mistake: exit 2', async () => {
    const ended = await run(['predict', '--from', 'run.json', '--binder', 'legacy,reuse-prot'], { cwd });
    expectOneLine(ended, 2, /reuse-prot/);
  });
});
