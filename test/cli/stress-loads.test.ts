// Every kind of load against the built-in server on real processes: accounted for, and both sides agree.
import { describe, expect, it } from '@jest/globals';
import type { BlockResult, RunResult } from '../../src/result/types.ts';
import { run } from './port20.ts';

/** One block of a short load; nothing fails under this binder, whatever the load. */
async function blockOf(flags: string): Promise<BlockResult> {
  const quick = ['--binder', 'reuse-port', '--duration', '300ms', '--blocks', '1', '--json'];
  const { status, stdout, stderr } = await run(['stress', ...quick, ...flags.split(' ')]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const { blocks, valid }: RunResult = JSON.parse(stdout);
  const [block] = blocks;
  if (block === undefined) throw new Error('no block was run');
  expect({ valid, problems: block.problems, failures: block.failures }).toEqual({
    ...{ valid: true, problems: [], failures: {} },
  });
  expect(block.completed + block.dropped).toBe(block.offered);
  expect(block.completed).toBeGreaterThan(0);
  return block;
}

describe('a load', () => {
  it('of Poisson arrivals on two generators, by the lean client', async () => {
    const block = await blockOf('--rate 100 --sessions 20 --generators 2 --user-pi lean');
    expect(block.generator?.lateP99Ms).toBeGreaterThanOrEqual(0);
  });

  it('that is more than its sessions can carry drops arrivals, and says so', async () => {
    const block = await blockOf('--rate 100 --arrivals constant --sessions 2 --bind-to-connect 100ms');
    expect(block.offered).toBe(30);
    // Each session can begin three at the most, a tenth of a second apart.
    expect(block.completed).toBeLessThanOrEqual(6);
    expect(block.warnings.join()).toMatch(/\d\d % of the arrivals found no idle session and were dropped/);
  });

  it('of bursts, of all kinds of transfers and sizes', async () => {
    const mixed = '--mix retr:2,stor:1,list:1 --file-size 10B:3,64KiB:1';
    const block = await blockOf(`--every 150ms --sessions 12 ${mixed}`);
    expect(block.offered).toBe(24);
  });

  it('that logs in each time, from one address, with EPRT, after a warm-up', async () => {
    const block = await blockOf(
      '--login each --client-addresses 1 --announce EPRT --warm-up 100ms --sessions 4',
    );
    expect(block.warmUp).toBeGreaterThan(0);
  });

  it('of sessions that think, each on its own default data port', async () => {
    const block = await blockOf(
      '--think-time uniform(5ms,20ms) --client-port default --direction stor --sessions 6',
    );
    expect(block.fromDefaultDataPort).toBe(block.connected);
  });

  it('up to a number of transfers, shared by two generators', async () => {
    expect((await blockOf('--transfers 5 --generators 2 --sessions 4')).offered).toBe(5);
  });
});
