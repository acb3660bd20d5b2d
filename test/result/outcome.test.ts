// The key of a failure, and what a key says of it: one undoes the other.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failedAtBind, failureKey, failureOf, type Outcome } from '../../src/result/outcome.ts';

const FAILURES: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('socket-error' as const),
    phase: fc.constantFrom('bind', 'connect', 'transfer', 'control'),
    code: fc.constantFrom('EADDRINUSE', 'LISTEN_EMFILE', 'EOF', 'ECONNRESET', 'E.WITH.DOTS'),
  }),
  fc.record({ kind: fc.constant('ftp-reply' as const), replyCode: fc.integer({ min: 100, max: 999 }) }),
  fc.record({
    kind: fc.constant('timed-out' as const),
    phase: fc.constantFrom('login', 'reply', 'connect', 'transfer'),
  }),
  fc.record({ kind: fc.constant('wrong-source' as const), port: fc.nat(65_535) }),
  fc.constantFrom<Outcome>({ kind: 'truncated' }, { kind: 'corrupted' }),
);

it('a key says all of a failure but the port of a wrong source', () => {
  fc.assert(
    fc.property(FAILURES, (outcome) => {
      const key = failureKey(outcome);
      const { port: _, ...kept } = { port: 0, ...outcome };
      expect(failureOf(key ?? '')).toEqual(kept);
    }),
  );
});

it.each(['', 'bind', 'bind.', 'reply.abc', 'timeout.lunch', 'toString.x', 'truncated.x', 'connecting.X'])(
  "'%s' is the key of no outcome",
  (key) => {
    expect(failureOf(key)).toEqual({ kind: 'other', key });
  },
);

it.each<Outcome>([{ kind: 'completed' }, { kind: 'cancelled' }, { kind: 'dropped' }])(
  '%j is no failure',
  (outcome) => {
    expect(failureKey(outcome)).toBeUndefined();
  },
);

it('counts what never had the port', () => {
  const failures = { 'bind.EADDRINUSE': 3, 'bind.EMFILE': 2, 'connect.ECONNREFUSED': 5, 'reply.550': 7 };
  expect(failedAtBind(failures)).toBe(5);
  expect(failedAtBind({})).toBe(0);
});
