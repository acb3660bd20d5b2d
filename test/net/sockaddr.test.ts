// sockaddr bytes: every address survives the way to the kernel and back, in each platform's layout.
import { isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SocketConstants, socketConstants } from '../../src/net/constants.ts';
import {
  decodeSockaddr,
  encodeAbstractUnix,
  encodeSockaddr,
  formatIPv6,
  parseIPv6,
} from '../../src/net/sockaddr.ts';

const PLATFORMS = ['linux', 'darwin', 'freebsd'] as const;

function constantsOf(platform: NodeJS.Platform): SocketConstants {
  const constants = socketConstants(platform);
  if (constants === undefined) throw new Error(`no constants for ${platform}`);
  return constants;
}

describe.each(PLATFORMS)('sockaddr on %s', (platform) => {
  const constants = constantsOf(platform);

  it('keeps every IPv4 endpoint', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65535), (address, port) => {
        expect(decodeSockaddr(encodeSockaddr({ address, port }, constants), constants)).toEqual({
          address,
          port,
        });
      }),
    );
  });

  it('keeps every IPv6 endpoint', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(65535), (bytes, port) => {
        const address = formatIPv6(bytes);
        expect(isIPv6(address)).toBe(true);
        expect(decodeSockaddr(encodeSockaddr({ address, port }, constants), constants)).toEqual({
          address,
          port,
        });
      }),
    );
  });
});

describe('IPv6 text', () => {
  it('reads every form that fast-check makes, as the bytes that it prints', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const bytes = parseIPv6(address);
        expect(parseIPv6(formatIPv6(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['::1', '::1'],
    ['::', '::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('%s is %s by RFC 5952', (text, canonical) => {
    expect(formatIPv6(parseIPv6(text))).toBe(canonical);
  });

  it('refuses a zone', () => {
    expect(() => parseIPv6('fe80::1%lo')).toThrow(RangeError);
  });
});

it('an abstract UNIX name begins with a zero byte', () => {
  const sockaddr = encodeAbstractUnix('port20/x', constantsOf('linux'));
  expect([...sockaddr.subarray(0, 3)]).toEqual([1, 0, 0]);
  expect(sockaddr.subarray(3).toString()).toBe('port20/x');
});

it('a family that is neither IPv4 nor IPv6 is refused', () => {
  expect(() => decodeSockaddr(Buffer.alloc(28, 1), constantsOf('linux'))).toThrow(
    /unexpected address family/,
  );
});
