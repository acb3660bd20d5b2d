// Orders for a block: who carries which part of the load, and that strategies differ in nothing but the server.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import { createAddressPool } from '../../src/run/address-pool.ts';
import { assignBlock, type BlockGround } from '../../src/run/assignment.ts';
import { shares } from '../../src/run/shard.ts';
import type { PreparedTarget } from '../../src/run/targets.ts';
import { fileOf } from '../load/loading.ts';
import { SERVER } from './samples.ts';

const FILES = [{ value: fileOf(10), weight: 1 }];
const TARGET: PreparedTarget = {
  ...{ server: { address: '127.8.8.8', port: 21 }, login: { user: 'u', password: 'p' }, path: 'x' },
  ...{ clientAddress: '127.7.7.7', file: fileOf(99) },
};

function ground(): BlockGround {
  const fixtures = { root: '/srv/files', filesOf: () => FILES, remove: async () => {} };
  return {
    fixtures,
    pool: createAddressPool([]),
    targets: new Map([
      ['127.8.8.8', TARGET],
      ['127.8.8.9', { ...TARGET, file: null }],
    ]),
  };
}

/** The orders for each block of a plan, by the names of their strategies. */
function assignments(document: Readonly<Record<string, unknown>>) {
  const plan = fillPlan(document);
  return new Map(
    blockOrder(plan).map((spec) => [
      `${spec.contestant.name} ${spec.scenario.name} ${spec.index}`,
      assignBlock(plan, spec, SERVER, ground()),
    ]),
  );
}

describe('assignBlock', () => {
  it('deals the sessions and the transfers to the generators: each once', () => {
    const counts = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 8, max: 99 }),
        (generators, sessions, transfers) => {
          const scenarios = [{ name: 'a', sessions, transfers }];
          const found = assignments({ generators, binders: ['legacy'], blocks: 1, scenarios }).get(
            'legacy a 0',
          );
          const loads = found?.loads ?? [];
          const numbers = loads
            .flatMap((load) => load.sessions.map(({ number }) => number))
            .sort((a, b) => a - b);
          expect(numbers).toEqual(Array.from({ length: sessions }, (_, i) => i));
          expect(loads.reduce((sum, load) => sum + load.transfers, 0)).toBe(transfers);
          expect(loads.map(({ share }) => share)).toEqual(
            loads.map((_, index) => ({ index, of: generators })),
          );
          expect(new Set(loads.map(({ name }) => name)).size).toBe(generators);
          for (const load of loads) expect(load.sessions.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('gives strategies the same seed and files, and other blocks and scenarios another seed', () => {
    const scenarios = [{ name: 'a' }, { name: 'b' }];
    const found = assignments({ binders: ['legacy', 'reuse-port', 'legacy'], blocks: 2, scenarios });
    const seedOf = (name: string) => found.get(name)?.loads[0]?.seed;
    expect(seedOf('reuse-port a 0')).toBe(seedOf('legacy a 0'));
    expect(seedOf('legacy#2 a 0')).toBe(seedOf('legacy a 0'));
    expect(new Set(['a 0', 'a 1', 'b 0', 'b 1'].map((block) => seedOf(`legacy ${block}`))).size).toBe(4);
    const another = assignments({ seed: 2, binders: ['legacy'], blocks: 1, scenarios });
    expect(another.get('legacy a 0')?.loads[0]?.seed).not.toBe(seedOf('legacy a 0'));
  });

  it('each session has an address of its own, or shares it with others', () => {
    const addressesIn = (clientAddresses: number | 'each') => {
      const scenarios = [{ name: 'a', sessions: 6, clientAddresses }];
      const found = assignments({ binders: ['legacy'], blocks: 1, scenarios }).get('legacy a 0');
      return found?.loads.flatMap(({ sessions }) => sessions.map(({ address }) => address)) ?? [];
    };
    expect(new Set(addressesIn('each')).size).toBe(6);
    expect(new Set(addressesIn(1)).size).toBe(1);
    const two = addressesIn(2);
    expect(two).toEqual([two[0], two[1], two[0], two[1], two[0], two[1]]);
  });

  it('waits as long as the longest schedule, and a second of a foreign one is a second', () => {
    const servers = { binders: ['legacy', 'reuse-port'], peers: ['vsftpd'] };
    const found = assignments({
      ...servers,
      timeUnit: '10ms',
      timeout: '5s',
      blocks: 1,
      scenarios: [{ name: 'a' }],
    });
    const patienceOf = (name: string) => found.get(`${name} a 0`)?.loads[0]?.acceptTimeoutMs;
    expect(patienceOf('legacy')).toBe(5000 + 550);
    expect(patienceOf('reuse-port')).toBe(5000);
    expect(patienceOf('vsftpd')).toBe(65_000);
  });

  it('of a target takes its login, its files and the address that it is reached from', () => {
    const found = assignments({
      ...{ targets: ['ftp://u@127.8.8.8/x'], binders: ['legacy-bsd'], peers: ['vsftpd'], blocks: 1 },
      scenarios: [{ name: 'a', sessions: 2, bindToConnect: '3ms' }],
    });
    expect(found.get('127.8.8.8 a 0')).toMatchObject({
      server: { kind: 'target', login: { user: 'u', password: 'p' } },
      loads: [
        {
          files: [{ value: TARGET.file, weight: 1 }],
          uploadFolder: '',
          sessions: [{ address: '127.7.7.7' }, { address: '127.7.7.7' }],
        },
      ],
    });
    expect(found.get('legacy-bsd a 0')).toMatchObject({
      server: { kind: 'binder', binder: 'legacy-bsd', retry: 'bsd', bindToConnectMs: 3, root: '/srv/files' },
      loads: [{ files: FILES, uploadFolder: 'uploads/' }],
    });
    expect(found.get('vsftpd a 0')?.server).toMatchObject({
      kind: 'peer',
      peer: 'vsftpd',
      root: '/srv/files',
    });
  });
});

it('uploads to a target of which no file was named have the sizes of each scenario', () => {
  const stor = { direction: 'stor' };
  const found = assignments({
    ...{ targets: ['ftp://127.8.8.9'], blocks: 1 },
    scenarios: [
      { name: 'a', ...stor, fileSize: '10KiB' },
      { name: 'b', ...stor, fileSize: '1B:3,7B:1' },
    ],
  });
  const sizesIn = (scenario: string) =>
    found.get(`127.8.8.9 ${scenario} 0`)?.loads[0]?.files.map(({ value, weight }) => [value.bytes, weight]);
  expect(sizesIn('a')).toEqual([[10_240, 1]]);
  expect(sizesIn('b')).toEqual([
    [1, 3],
    [7, 1],
  ]);
});

it('shares differ by one at the most, and add up', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 64 }), (total, parts) => {
      const found = shares(total, parts);
      expect(found.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(1);
    }),
  );
});
