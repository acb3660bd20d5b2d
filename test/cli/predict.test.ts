import { beforeAll, describe, expect, it } from '@jest/globals';
import { emptyFolder, run } from './port20.ts';

const cwd = emptyFolder();

interface Row {
  readonly scenario: string;
  readonly binder: string;
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
    expect(stdout).toMatch(/^prediction · plan friedberg, .* it is assumed that/);
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
  beforeAll(async () => {
    const load = ['--sessions', '8', '--duration', '200ms', '--bind-to-connect', '3ms', '--time-unit', '2ms'];
    const plan = [
      '--binder',
      'legacy,legacy-bsd,reuse-port',
      '--blocks',
      '2',
      '--out',
      'run.json',
      '--quiet',
    ];
    expect((await run(['stress', ...load, ...plan], { cwd })).status).toBe(0);
  });

  it('puts the simulation beside what was measured; a shared port explains no failure', async () => {
    const rows = await rowsOf(['--from', 'run.json']);
    expect(rows.map(({ binder }) => binder)).toEqual(['legacy', 'legacy-bsd', 'reuse-port']);
    expect(rows[2]).toMatchObject({
      forecast: { failureRate: 0 },
      measured: { failureRate: 0, verdict: 'explained' },
    });
    expect(rows[0]?.forecast.failureRate).toBeGreaterThan(0.5);
  });

  it('tells of the strategies that are asked for', async () => {
    const { stdout } = await run(['predict', '--from', 'run.json', '--binder', 'reuse-port'], { cwd });
    expect(stdout).toMatch(/^reuse-port +none .* no failures$/m);
    expect(stdout).not.toMatch(/^legacy/m);
  });
});

describe('mistakes', () => {
  it.each([
    [['plan.yaml', '--from', 'run.json'], 'a result has its own plan, name one of them'],
    [['--from', 'run.json', '--hold', '3ms'], '--hold and --from run.json: the result says how it was run'],
  ])('%s', async (args, message) => {
    const { status, stdout, stderr } = await run(['predict', ...args], { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a strategy that the result does not have', async () => {
    const { status, stderr } = await run(['predict', '--from', 'run.json', '--binder', 'ephemeral'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/'run\.json' has no 'ephemeral': it has legacy, legacy-bsd, reuse-port\n$/);
  });
});
