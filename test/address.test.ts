// Endpoints: text to endpoint and back, and the IPv4 address inside a v4-mapped one.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { familyOf, formatEndpoint, parseEndpoint, sameEndpoint, unmapIPv4 } from '../src/address.ts';

describe('endpoints', () => {
  it('read back as printed, in both families', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65535), (address, port) => {
        expect(parseEndpoint(formatEndpoint({ address, port }))).toEqual({ address, port });
      }),
    );
  });

  it.each([
    '',
    '2121',
    '127.0.0.1',
    '127.0.0.1:',
    ':2121',
    '127.0.0.1:65536',
    '::1:2121',
    '[127.0.0.1]:1',
    'host:21',
  ])("'%s' is none", (text) => expect(parseEndpoint(text)).toBeUndefined());

  it('are the same when one is v4-mapped', () => {
    expect(sameEndpoint({ address: '::ffff:127.0.0.1', port: 20 }, { address: '127.0.0.1', port: 20 })).toBe(
      true,
    );
    expect(sameEndpoint({ address: '127.0.0.1', port: 20 }, { address: '127.0.0.1', port: 21 })).toBe(false);
  });
});

it('unmaps only mapped addresses', () => {
  expect(['::ffff:10.0.0.1', '::FFFF:10.0.0.1', '::1', '10.0.0.1'].map(unmapIPv4)).toEqual([
    '10.0.0.1',
    '10.0.0.1',
    '::1',
    '10.0.0.1',
  ]);
});

it('knows the family of a literal and refuses a name', () => {
  expect([familyOf('127.0.0.1'), familyOf('::1')]).toEqual([4, 6]);
  expect(() => familyOf('localhost')).toThrow(RangeError);
});
