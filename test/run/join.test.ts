// Joining the client's and the server's view: every transfer once, and nothing forced together.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinAttempts } from '../../src/run/join.ts';
import { attempt, BIND_IN_USE, RECORD_IN_USE, record } from './samples.ts';

describe('joinAttempts', () => {
  it('joins each attempt with the record of the same client end, in any order', () => {
    const indexes = fc.uniqueArray(fc.nat(500), { minLength: 1 });
    fc.assert(
      fc.property(indexes, fc.infiniteStream(fc.nat()), (present, keys) => {
        const shuffled = present
          .map((i) => ({ i, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const joined = joinAttempts(
          present.map((i) => attempt(i)),
          shuffled.map(({ i }) => record(i)),
        );
        expect(
          joined.pairs
            .map(({ attempt: a, record: r }) => r.startedAtMs - a.startedAtMs)
            .every((d) => d > 0 && d < 1),
        ).toBe(true);
        expect(joined).toMatchObject({ attemptsAlone: [], recordsAlone: [] });
        expect(joined.pairs).toHaveLength(present.length);
      }),
    );
  });

  it('tells uses of one client port apart by time', () => {
    const port = { local: { address: '127.1.1.1', port: 50_000 } };
    const end = { remote: port.local };
    const joined = joinAttempts(
      [attempt(0, undefined, port), attempt(10, undefined, port)],
      [record(10, undefined, end), record(0, undefined, end)],
    );
    expect(joined.pairs.map((pair) => pair.record.startedAtMs)).toEqual([0.2, 10.2]);
  });

  it('does not join what came from another server address', () => {
    const elsewhere = record(0, undefined, { local: { address: '127.8.8.8', port: 2120 } });
    const joined = joinAttempts([attempt(0)], [elsewhere]);
    expect(joined).toMatchObject({ pairs: [], attemptsAlone: [{ index: 0 }], recordsAlone: [elsewhere] });
  });

  it('joins a failed bind, of which the client never saw a connection', () => {
    const joined = joinAttempts([attempt(0, BIND_IN_USE)], [record(0, RECORD_IN_USE)]);
    expect(joined.pairs).toHaveLength(1);
  });

  it('misses a record only where there must have been one', () => {
    const refused = attempt(1, { kind: 'ftp-reply', replyCode: 550 });
    const lost = attempt(2, { kind: 'socket-error', phase: 'control', code: 'ECONNRESET' });
    const unasked = attempt(4, { kind: 'socket-error', phase: 'listen', code: 'EADDRINUSE' });
    expect(joinAttempts([refused, lost, unasked], []).attemptsAlone).toEqual([]);
    expect(joinAttempts([attempt(3, BIND_IN_USE)], []).attemptsAlone).toHaveLength(1);
  });
});
