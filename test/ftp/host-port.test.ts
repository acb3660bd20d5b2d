// PORT, EPRT, PASV and EPSV addresses: what is printed is read back, and nothing else is taken for an address.
import { isIP, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatEprt, formatEpsv, formatHostPort, parseEprt, parseHostPort } from '../../src/ftp/host-port.ts';

const port = fc.integer({ min: 1, max: 65535 });
const v4 = fc.ipV4().map((address) => ({ address }));

describe('PORT', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(v4, port, ({ address }, port) => {
        const endpoint = { address, port };
        expect(parseHostPort(formatHostPort(endpoint))).toEqual(endpoint);
      }),
    );
  });

  it('reads the six numbers', () => {
    expect(parseHostPort('127,0,0,1,8,72')).toEqual({ address: '127.0.0.1', port: 2120 });
    expect(parseHostPort(' 127,0,0,1,8,72 ')).toEqual({ address: '127.0.0.1', port: 2120 });
  });

  it.each([
    '',
    ',',
    ',,,,,',
    '1,2,3,4,5',
    '1,2,3,4,5,6,7',
    '256,0,0,1,8,72',
    '127,0,0,1,8,256',
    '127,0,0,1,0,0',
    '127,0,0,1,-1,72',
    '127,0,0,1,8,7x',
    '127.0.0.1,8,72',
    '127, 0,0,1,8,72',
    '127,0,0,1,0x8,72',
    '127,0,0,1,8,1e2',
  ])('refuses %j', (argument) => {
    expect(parseHostPort(argument)).toBeUndefined();
  });

  it('gives a valid endpoint or nothing for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9,]{1,30}$/)), (argument) => {
        const endpoint = parseHostPort(argument);
        if (endpoint === undefined) return;
        expect(isIP(endpoint.address)).toBe(4);
        expect(endpoint.port).toBeGreaterThan(0);
        expect(endpoint.port).toBeLessThan(65536);
      }),
    );
  });

  it('has no form for IPv6', () => {
    expect(() => formatHostPort({ address: '::1', port: 2120 })).toThrow(RangeError);
  });
});

describe('EPRT', () => {
  it('reads back what it prints, in the canonical spelling', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()).filter((address) => isIP(address) > 0),
        port,
        (address, port) => {
          const read = parseEprt(formatEprt({ address, port }));
          expect(read).toMatchObject({ port });
          // Canonical: printing and reading it again changes nothing.
          expect(parseEprt(formatEprt(read as { address: string; port: number }))).toEqual(read);
        },
      ),
    );
  });

  it('gives one spelling to one IPv6 address', () => {
    expect(parseEprt('|2|0:0:0:0:0:0:0:1|2120|')).toEqual({ address: '::1', port: 2120 });
    expect(parseEprt('|2|2001:DB8::0:1|2120|')).toEqual({ address: '2001:db8::1', port: 2120 });
  });

  it('takes any printable delimiter', () => {
    expect(parseEprt('!1!127.0.0.1!2120!')).toEqual({ address: '127.0.0.1', port: 2120 });
  });

  it.each([
    ['', 'bad-syntax'],
    ['|', 'bad-syntax'],
    ['|1|127.0.0.1|2120', 'bad-syntax'],
    ['|1|127.0.0.1|2120||', 'bad-syntax'],
    ['1|127.0.0.1|2120|', 'bad-syntax'],
    ['|1|::1|2120|', 'bad-syntax'],
    ['|2|127.0.0.1|2120|', 'bad-syntax'],
    ['|2|fe80::1%lo|2120|', 'bad-syntax'],
    ['|1|localhost|2120|', 'bad-syntax'],
    ['|1|127.0.0.1|0|', 'bad-syntax'],
    ['|1|127.0.0.1|65536|', 'bad-syntax'],
    ['|1|127.0.0.1|-1|', 'bad-syntax'],
    ['|x|127.0.0.1|2120|', 'bad-syntax'],
    ['|3|127.0.0.1|2120|', 'unknown-protocol'],
  ])('refuses %j: %s', (argument, fault) => {
    expect(parseEprt(argument)).toBe(fault);
  });

  it('gives a valid endpoint or a fault for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\|[12]\|[0-9a-f:.]{0,20}\|\d{0,7}\|$/)),
        (argument) => {
          const read = parseEprt(argument);
          if (typeof read === 'string') return;
          expect(isIP(read.address)).toBe(isIPv6(read.address) ? 6 : 4);
          expect(read.port > 0 && read.port < 65536).toBe(true);
        },
      ),
    );
  });
});

it('EPSV', () => expect(formatEpsv(2121)).toBe('(|||2121|)'));
