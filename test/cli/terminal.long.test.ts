// What a user sees on terminals of three widths, and in a pipe: every text command, on a pseudo-terminal of that width.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { samplePlan, sampleResult } from '../report/sample-result.ts';
import { onTerminal } from './on-terminal.ts';
import { emptyFolder, run } from './port20.ts';

const cwd = emptyFolder();

beforeAll(() => {
  const sample = sampleResult();
  writeFileSync(join(cwd, 'run.json'), JSON.stringify(sample));
  const other = { ...sample, host: { ...sample.host, cpus: 99 }, requested: samplePlan({ seed: 7 }) };
  writeFileSync(join(cwd, 'other.json'), JSON.stringify(other));
});

const COMMANDS = [
  ['report run.json'],
  ['compare run.json --candidate reuse-port'],
  ['compare run.json other.json --allow-env-diff'],
  ['predict --from run.json --binder reuse-port,ephemeral'],
  ['predict --blocks 2'],
  ['probe'],
  ['probe --doctor --listen 127.20.21.22:2121'],
  ['conform --list'],
  ['conform --only listing,tls'],
  ['stress --dry-run'],
  ['stress --dry-run --until conclusive --blocks 30'],
  ['stress --blocks 2 --sessions 16 --duration 100ms --time-unit 1ms'],
] as const;

describe.each([80, 100, 140])('on %d columns', (columns) => {
  it.each(COMMANDS)('%s', async (command) => {
    const { lines } = await onTerminal(columns, command.split(' '), { cwd });
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });
});

it.each(COMMANDS)('in a pipe: %s', async (command) => {
  const { stdout } = await run(command.split(' '), { cwd });
  expect(stdout.split('\n').length).toBeGreaterThan(10);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it('on 80 columns the first screen has the answer: it comes before the first table', async () => {
  const { lines } = await onTerminal(80, ['report', 'run.json'], { cwd });
  const failed = lines.findIndex((line) => line.includes('legacy failed 97.6 to 98.3 %'));
  const firewall = lines.findIndex((line) => line.startsWith('A firewall that admits only'));
  const table = lines.findIndex((line) => line.startsWith('───'));
  expect([failed >= 0, failed < firewall, firewall < table, table < 24]).toEqual([true, true, true, true]);
});

describe('in a pipe', () => {
  const widest = async (env: NodeJS.ProcessEnv) => {
    const { stdout } = await run(['report', 'run.json'], { cwd, env });
    return Math.max(...stdout.split('\n').map((line) => line.length));
  };

  it('has 100 columns, or those that COLUMNS says', async () => {
    expect(await widest({})).toBe(100);
    expect(await widest({ COLUMNS: '80' })).toBeLessThanOrEqual(80);
    expect(await widest({ COLUMNS: '150' })).toBeGreaterThan(100);
    expect(await widest({ COLUMNS: 'wide' })).toBe(100);
  });
});
