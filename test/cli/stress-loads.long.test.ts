// More kinds of load against the built-in server on real processes.
import { describe, expect, it } from '@jest/globals';
import { blockOf } from './whole-runs.ts';

describe('a load', () => {
  it('that logs in each time, from one address, with EPRT, after a warm-up', async () => {
    const block = await blockOf(
      '--login each --client-addresses 1 --announce EPRT --warm-up 100ms --sessions 4',
    );
    expect(block.warmUp).toBeGreaterThan(0);
  });

  it('that is more than its sessions can carry drops arrivals, and says so', async () => {
    const block = await blockOf('--rate 100 --arrivals constant --sessions 2 --bind-to-connect 100ms');
    expect(block.offered).toBe(30);
    // Each session can begin three at the most, a tenth of a second apart.
    expect(block.completed).toBeLessThanOrEqual(6);
    expect(block.warnings).toContainEqual({ id: 'arrivals-dropped', share: expect.any(Number) });
  });

  it('of sessions that think, each on its own default data port', async () => {
    const block = await blockOf(
      '--think-time uniform(5ms,20ms) --client-port default --direction stor --sessions 6',
    );
    expect(block.fromDefaultDataPort).toBe(block.connected);
  });

  it('under TLS, of every kind', async () => {
    const block = await blockOf('--tls explicit --mix retr:2,stor:1,list:1 --sessions 4');
    expect(block.completed).toBeGreaterThan(0);
    expect(block.fromDefaultDataPort).toBe(block.connected);
  });

  it('up to a number of transfers, shared by two generators', async () => {
    expect((await blockOf('--transfers 5 --generators 2 --sessions 4 --duration 60s')).offered).toBe(5);
  });
});
