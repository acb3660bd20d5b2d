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

describe('mistakes', () => {
  beforeAll(() => writeFileSync(join(cwd, 'empty.json'), '{}'));

  it.each([
    [['--from', 'nowhere.json'], "result 'nowhere.json' cannot be read: ENOENT"],
    [['--from', 'empty.json'], "'empty.json' is not a result of port20 stress --out"],
    [['--from', OLD_RESULT], `'${OLD_RESULT}' has no hold times`],
    [['--service', '0ms'], "'0ms' is invalid. must be more than 0ms"],
    [['--hold', 'long'], "'long' is not a duration"],
  ])('%s', async (args, message) => {
    const { status, stdout, stderr } = await run(['predict', ...args], { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
