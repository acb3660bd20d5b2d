// Every kind of load against the built-in server on real processes: accounted for, and both sides agree.
import { describe, expect, it } from '@jest/globals';
import { blockOf } from './whole-runs.ts';

describe('a load', () => {
  it('of Poisson arrivals on two generators, by the lean client', async () => {
    const block = await blockOf('--rate 100 --sessions 20 --generators 2 --user-pi lean');
    expect(block.generator?.lateP99Ms).toBeGreaterThanOrEqual(0);
  });

  it('of bursts, of all kinds of transfers and sizes', async () => {
    const mixed = '--mix retr:2,stor:1,list:1 --file-size 10B:3,64KiB:1';
    const block = await blockOf(`--every 150ms --sessions 12 ${mixed}`);
    expect(block.offered).toBe(24);
  });
});
