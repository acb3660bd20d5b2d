// Shards of one run: summed within each block, every arrival once; what is lost, missing or of another run is named.
import { describe, expect, it } from '@jest/globals';
import { encodeBatches } from '../../src/engine/shard/codec.ts';
import type { ShardBlock, ShardFile } from '../../src/engine/shard/file.ts';
import { mergeShards } from '../../src/engine/shard/merge.ts';
import { UsageError } from '../../src/errors.ts';
import { arrivalsOf } from '../../src/load/schedule.ts';
import { blockOrder } from '../../src/plan/order.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import { hostOfRun } from '../../src/run/host.ts';
import { shardOf } from '../../src/run/shard.ts';
import { decodeHistogram } from '../../src/stats/histogram.ts';
import { attempt, BIND_IN_USE, IDLE_GENERATOR } from '../run/samples.ts';

const PLAN = parsePlan(`
seed: 5
targets: ['ftp://127.0.0.1:2121/f', 'ftp://127.0.0.2:2121/f']
blocks: 3
scenarios: [{ name: open, workload: open, rate: 50, sessions: 8, duration: 2s }]
`);
const [ONE = '', OTHER = ''] = ['127.0.0.1:2121', '127.0.0.2:2121'];
const FILE = { path: 'f', bytes: 4096, hash: '' };
const OF = 4;

/** What shard `index` offers in the block at `place`; every tenth arrival fails. */
function attemptsOf(index: number, place: number): Attempt[] {
  const spec = blockOrder(PLAN)[place];
  if (spec === undefined) throw new Error(`no block ${place}`);
  const ground = { server: { address: '127.0.0.1', port: 2121 }, uploadFolder: '', addressOf: () => '' };
  const load = shardOf(PLAN, spec, { index, of: OF }, { ...ground, files: [{ value: FILE, weight: 1 }] });
  return [...arrivalsOf(load)].map(({ index: number, atMs }) =>
    attempt(number, number % 10 === 0 ? BIND_IN_USE : { kind: 'completed' }, {
      ...{ scheduledAtMs: atMs, startedAtMs: atMs, endedAtMs: atMs + 5, session: index },
      local: { address: '127.1.1.1', port: 20_000 + number },
    }),
  );
}

function block(index: number, place: number, attempts = attemptsOf(index, place), more = {}): ShardBlock {
  return {
    ...{
      place,
      startedAt: `2026-03-01T12:00:0${place}.000Z`,
      attempts: encodeBatches(attempts, 0).map((batch) => batch.toString('base64')),
    },
    ...{ generator: IDLE_GENERATOR, lostSessions: 0, warnings: [], startedLateMs: 1, stopped: false },
    ...more,
  };
}

function shard(index: number, change: { blocks?: readonly ShardBlock[]; header?: object } = {}): ShardFile {
  const places = [...blockOrder(PLAN).keys()];
  const server = { address: '127.0.0.1', port: 2121 };
  return {
    name: `s${index}`,
    plan: { ...PLAN, generators: OF },
    blocks: change.blocks ?? places.map((place) => block(index, place)),
    header: {
      ...{ shardFormat: 1, run: 'r', version: '1', startAt: '2026-03-01T12:00:00.000Z', plan: '' },
      ...{ shard: { index, of: OF }, host: hostOfRun(null) },
      targets: { [ONE]: { server, file: FILE }, [OTHER]: { server, file: FILE } },
      ...change.header,
    },
  };
}

const ALL = [0, 1, 2, 3].map((index) => shard(index));
const swapped = (index: number, one: ShardFile) => ALL.map((file, i) => (i === index ? one : file));

describe('mergeShards', () => {
  it('has each arrival of the plan once, in sums and in histograms', () => {
    const result = mergeShards(ALL);
    expect(result).toMatchObject({ valid: true, partial: false });
    expect(result.lost).toBeUndefined();
    expect(result.blocks).toHaveLength(6);
    for (const [place, one] of result.blocks.entries()) {
      const all = [0, 1, 2, 3].flatMap((index) => attemptsOf(index, place));
      const failed = all.filter(({ outcome }) => outcome.kind !== 'completed').length;
      expect(one).toMatchObject({ offered: all.length, failed, completed: all.length - failed });
      expect(decodeHistogram(one.transferTimes).totalCount).toBe(one.completed);
      expect(one.shards?.reduce((sum, { offered }) => sum + offered, 0)).toBe(one.offered);
    }
  });

  it('leaves the blocks of an index out for all, where one of them lost a shard', () => {
    const blocks = ALL[2]?.blocks.map((one) => (one.place === 2 ? { place: 2, lost: 'it was late' } : one));
    const result = mergeShards(swapped(2, shard(2, { blocks: blocks ?? [] })));
    const { contestant = { name: '' }, index = -1 } = blockOrder(PLAN)[2] ?? {};
    expect(result.blocks.map((one) => one.index)).not.toContain(index);
    expect(result.blocks).toHaveLength(4);
    expect(result).toMatchObject({ partial: true, valid: true });
    expect(result.lost).toEqual([
      {
        ...{ scenario: 'open', contestant: contestant.name, index, shard: 2, of: 4 },
        ...{ agent: 'of shard 3/4', reason: 'it was late', again: false },
      },
    ]);
    expect(result.warnings).toContainEqual({ id: 'shards-lost', shards: 1, blocks: 1 });
  });

  it.each<[string, ShardBlock, RegExp]>([
    ['lacks an arrival', block(1, 0, attemptsOf(1, 0).slice(1)), /of the plan's \d+ arrivals/],
    ['has one twice', block(1, 0, [...attemptsOf(1, 0), ...attemptsOf(1, 0).slice(0, 1)]), /counted twice/],
    [
      "has another's",
      block(1, 0, [...attemptsOf(1, 0), ...attemptsOf(2, 0).slice(0, 1)]),
      /not one of its own/,
    ],
    ['cannot be read', block(1, 0, [], { attempts: ['AAAA'] }), /./],
  ])('counts a shard that %s as lost', (_, wrong, reason) => {
    const blocks = [wrong, ...(ALL[1]?.blocks.slice(1) ?? [])];
    const result = mergeShards(swapped(1, shard(1, { blocks })));
    expect(result.lost).toMatchObject([{ shard: 1, reason: expect.stringMatching(reason) }]);
  });

  it('takes what a killed shard has', () => {
    const result = mergeShards(swapped(0, shard(0, { blocks: ALL[0]?.blocks.slice(0, 2) ?? [] })));
    expect(result.blocks.map(({ index }) => index)).toEqual([0, 0]);
    expect(result.lost).toHaveLength(4);
  });

  it('is invalid where a shard had no time to spare, and names it', () => {
    const busy = { generator: { ...IDLE_GENERATOR, cpuShare: 0.97 } };
    const blocks = ALL[3]?.blocks.map(({ place }) => block(3, place, attemptsOf(3, place), busy));
    const result = mergeShards(swapped(3, shard(3, { blocks: blocks ?? [] })));
    expect(result.valid).toBe(false);
    expect(result.blocks[0]?.problems).toEqual([
      { id: 'generator-saturated', generator: 'agent of shard 4/4', sign: 'busy', value: 0.97 },
    ]);
  });

  it.each<[string, readonly ShardFile[], RegExp]>([
    ['a shard that is missing', ALL.slice(1), /shard 1\/4 of the run is missing/],
    ['a shard twice', [...ALL, shard(1)], /'s1' is shard 2\/4 once more/],
    ['another run', swapped(1, shard(1, { header: { run: 'q' } })), /not shards of one run \(r and q\)/],
    ['another version', swapped(1, shard(1, { header: { version: '2' } })), /is of port20 1, 's1' of 2/],
    [
      'another file',
      swapped(
        1,
        shard(1, {
          header: { targets: { [ONE]: { server: { address: '127.0.0.1', port: 1 }, file: null } } },
        }),
      ),
      /fetched different files from 127\.0\.0\.1:2121/,
    ],
  ])('refuses %s', (_, files, message) => {
    expect(() => mergeShards(files)).toThrow(UsageError);
    expect(() => mergeShards(files)).toThrow(message);
  });
});
