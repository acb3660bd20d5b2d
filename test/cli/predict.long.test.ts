// More of `port20 predict`: that a seed decides what it says, and mistakes in one line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { emptyFolder, run } from './port20.ts';

const OLD_RESULT = fileURLToPath(new URL('../../fixtures/results/format-1.json', import.meta.url));
const cwd = emptyFolder();

it('the same seed predicts the same', async () => {
  const load = [
    '--sessions',
    '8',
    '--bind-to-connect',
    '4ms',
    '--time-unit',
    '4ms',
    '--binder',
    'legacy-bsd',
  ];
  expect(await predicted([...load, '--seed', '5'])).toEqual(await predicted([...load, '--seed', '5']));
  expect(await predicted([...load, '--seed', '5'])).not.toEqual(await predicted([...load, '--seed', '6']));
});

async function predicted(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(['predict', ...args, '--json'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

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
    expect(rows.map(({ contestant }) => contestant)).toEqual(['legacy', 'legacy-bsd', 'reuse-port']);
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
  beforeAll(() => writeFileSync(join(cwd, 'empty.json'), '{}'));

  it.each([
    [['plan.yaml', '--from', 'run.json'], 'a result has its own plan, name one of them'],
    [['--from', 'run.json', '--hold', '3ms'], '--hold and --from run.json: the result says how it was run'],
    [['--from', 'nowhere.json'], "result 'nowhere.json' cannot be read: ENOENT"],
    [['--from', 'empty.json'], "'empty.json' is not a result of port20 stress --out"],
    [['--from', OLD_RESULT], `'${OLD_RESULT}' has no hold times`],
    [['--service', '0ms'], '--service: must be more than 0ms'],
    [['--hold', 'long'], "'long' is not a duration"],
  ])('%s', async (args, message) => {
    const { status, stdout, stderr } = await run(['predict', ...args], { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a strategy that the result does not have', async () => {
    const { status, stderr } = await run(['predict', '--from', 'run.json', '--binder', 'ephemeral'], {
      cwd,
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/'run\.json' has no 'ephemeral': it has legacy, legacy-bsd, reuse-port\n$/);
  });
});
