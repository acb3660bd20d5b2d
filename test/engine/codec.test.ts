// Attempts that travel: what goes in comes out, and what is not of that form is refused whole.
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeAttempts, encodeAttempts, encodeBatches } from '../../src/engine/shard/codec.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import type { Outcome } from '../../src/result/outcome.ts';
import { attempt } from '../run/samples.ts';

const ENDPOINTS = fc.record({
  address: fc.oneof(fc.ipV4(), fc.constantFrom('::1', 'fe80::1', '2001:db8::7')),
  port: fc.nat(65_535),
});
const OUTCOMES: fc.Arbitrary<Outcome> = fc.oneof(
  fc
    .constantFrom('completed', 'truncated', 'corrupted', 'cancelled', 'dropped')
    .map((kind) => ({ kind }) as Outcome),
  fc.record({
    kind: fc.constant('socket-error' as const),
    phase: fc.constantFrom('listen', 'bind', 'connect', 'transfer', 'control'),
    code: fc.constantFrom('EADDRINUSE', 'ECONNRESET', 'UNKNOWN'),
  }),
  fc.record({ kind: fc.constant('ftp-reply' as const), replyCode: fc.integer({ min: 100, max: 599 }) }),
  fc.record({
    kind: fc.constant('timed-out' as const),
    phase: fc.constantFrom('login', 'reply', 'connect', 'transfer'),
  }),
  fc.record({ kind: fc.constant('wrong-source' as const), port: fc.nat(65_535) }),
);
/** To the microsecond, which is how they travel. */
const TIMES_MS = fc.integer({ min: -60_000_000, max: 3_600_000_000 }).map((us) => us / 1000);
const ATTEMPTS: fc.Arbitrary<Attempt> = fc.record({
  index: fc.nat(5_000_000),
  session: fc.oneof(fc.constant(-1), fc.nat(20_000)),
  command: fc.constantFrom('RETR', 'STOR', 'MLSD', 'LIST'),
  ...{ scheduledAtMs: TIMES_MS, startedAtMs: TIMES_MS, endedAtMs: TIMES_MS },
  bytes: fc.nat(),
  hash: fc.oneof(fc.constant(''), fc.stringMatching(/^[0-9a-f]{40}$/)),
  replyCode: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
  local: fc.option(ENDPOINTS, { nil: undefined }),
  remote: fc.option(ENDPOINTS, { nil: undefined }),
  outcome: OUTCOMES,
}) as fc.Arbitrary<Attempt>;

describe('attempts', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(ATTEMPTS, { maxLength: 20 }), (attempts) => {
        expect(decodeAttempts(encodeAttempts(attempts, 0), 0)).toEqual(attempts);
      }),
    );
  });

  it('have the times of the clock that reads them', () => {
    const sent = attempt(
      3,
      { kind: 'completed' },
      { scheduledAtMs: 1003, startedAtMs: 1004, endedAtMs: 1005.25 },
    );
    const [read] = decodeAttempts(encodeAttempts([sent], 1000), 50_000);
    expect(read).toMatchObject({ scheduledAtMs: 50_003, startedAtMs: 50_004, endedAtMs: 50_005.25 });
  });

  const pack = (rows: unknown) => deflateRawSync(JSON.stringify(rows));
  const row = [0, 0, 'RETR', 0, 0, 0, 10, '', 226, '127.0.0.1:1', '127.0.0.1:2', 'completed'];
  const changed = (at: number, value: unknown) => pack([row.map((one, i) => (i === at ? value : one))]);

  it.each<[string, Uint8Array, RegExp]>([
    ['no deflated bytes', Buffer.from('abc'), /./],
    ['an object', pack({ a: 1 }), /not a batch/],
    ['a row that is too short', pack([[1, 2]]), /another form/],
    ['a negative index', changed(0, -2), /index below 0/],
    ['a fraction', changed(6, 0.5), /bytes that is no whole number/],
    ['a command with a line end', changed(2, 'RETR\r\n'), /command of another form/],
    ['an endpoint with a name', changed(9, 'localhost:1'), /an endpoint that is none/],
    ['an outcome of nobody', changed(11, 'exploded'), /not known/],
    ['a hash that is none', changed(7, 'z'.repeat(40)), /hash of another form/],
    ['a bomb', deflateRawSync(Buffer.alloc(70 * 1024 ** 2, 32)), /larger|maxOutputLength|exceed/i],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeAttempts(bytes, 0)).toThrow(message);
  });

  it('reads the row that the others are made of', () => {
    expect(decodeAttempts(pack([row]), 0)).toHaveLength(1);
  });
});

describe('the attempts of a long block', () => {
  it('travel in as many batches as it takes, each of which can be read', () => {
    const many = Array.from({ length: 100_001 }, (_, index) =>
      attempt(index, { kind: 'completed' }, { local: undefined }),
    );
    const batches = encodeBatches(many, 0).map((batch) => decodeAttempts(batch, 0).map(({ index }) => index));
    expect(batches.map(({ length }) => length)).toEqual([50_000, 50_000, 1]);
    expect(batches.flat()).toEqual(many.map(({ index }) => index));
  });

  it('are none where there are none', () => expect(encodeBatches([], 0)).toEqual([]));
});
