// The 425 detail: what the server writes the client reads, and no other text is taken for it.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataConnectionFailure } from '../../src/errors.ts';
import { formatFailureText, parseFailureText } from '../../src/ftp/failure-text.ts';

const endpoint = fc.oneof(
  fc.record({ address: fc.ipV4(), port: fc.integer({ min: 0, max: 65535 }) }),
  fc.record({
    address: fc.constantFrom('::1', 'fe80::1', '2001:db8::1'),
    port: fc.integer({ min: 0, max: 65535 }),
  }),
);
const tried = fc.oneof(
  fc.record({ bindCalls: fc.constant(1), waitedMs: fc.constant(0) }),
  fc.record({ bindCalls: fc.integer({ min: 2, max: 1000 }), waitedMs: fc.integer({ min: 0, max: 999 }) }),
  fc.record({
    bindCalls: fc.integer({ min: 2, max: 1000 }),
    waitedMs: fc.integer({ min: 10, max: 10_000 }).map((tenths) => tenths * 100),
  }),
);
const errorCode = fc.constantFrom(
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ECONNREFUSED',
  'ABORTED',
  'UNKNOWN',
  'ERR_X_1',
);
const failure: fc.Arbitrary<DataConnectionFailure> = fc
  .record({
    phase: fc.constantFrom('bind', 'connect', 'transfer'),
    errorCode,
    local: endpoint,
    other: endpoint,
    tried,
  })
  .map(({ phase, errorCode, local, other, tried }) => ({
    phase: phase as DataConnectionFailure['phase'],
    errorCode,
    local,
    remote: phase === 'bind' ? undefined : other,
    ...tried,
  }));

describe('failure text', () => {
  it('is the sentence that DESIGN promises', () => {
    const local = { address: '127.0.0.1', port: 2120 };
    const text = "Can't build data connection: bind 127.0.0.1:2120: EADDRINUSE after 11 tries (55 s)";
    const failure = {
      phase: 'bind',
      errorCode: 'EADDRINUSE',
      local,
      bindCalls: 11,
      waitedMs: 55_000,
    } as const;
    expect(formatFailureText(failure)).toBe(text);
    expect(parseFailureText(`425 ${text}`)).toEqual({ ...failure, remote: undefined });
  });

  it('reads back what it prints, with the reply code or without', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom('', '425 ', '426 '), (failure, before) => {
        expect(parseFailureText(before + formatFailureText(failure))).toEqual(failure);
      }),
    );
  });

  it.each([
    "425 Can't build data connection: Address already in use",
    "425 Can't build data connection.",
    "425 Can't build data connection: bind nowhere: EADDRINUSE",
    "425 Can't build data connection: bind 127.0.0.1:99999: EADDRINUSE",
    "425 Can't build data connection: connect 127.0.0.1:2120 -> there: ECONNREFUSED",
    '425 Use PORT or PASV first.',
    '226 bind 127.0.0.1:2120: EADDRINUSE',
    '',
  ])('leaves alone what others say: %j', (text) => {
    expect(parseFailureText(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => parseFailureText(`Can't build data connection: ${text}`) === undefined,
      ),
    );
  });
});
