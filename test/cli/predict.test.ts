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
    expect(stdout).toMatch(/^reuse-port +none +– +– +0 % +0–0$/m);
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
