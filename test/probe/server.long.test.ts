// Fingerprints of our own server: every binder is told from outside by what it does, whatever its banner says, and an end in the middle leaves nothing.
import { describe, expect, it } from '@jest/globals';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import { serving } from '../server/serving.ts';
import { openDescriptors, ownAddress, ownPort } from '../support/loopback.ts';
import { expectTold } from './binder-traits.ts';
import { ANONYMOUS, fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';
import { startProxy } from './proxy.ts';

it.each(['legacy-bsd', 'reuse-addr', 'reuse-both'] as const)(
  'the binder %s is told by what it does',
  expectTold,
);

it('reads nothing from the banner: behind a proxy that has another one the sheet is the same', () =>
  serving({ binder: 'reuse-both', retry: 'none' }, async ({ address }) => {
    const proxy = await startProxy(address, {
      220: '220 (vsFTPd 3.0.3)',
      215: '215 Windows_NT version 5.0',
    });
    try {
      const plain = await fingerprintServer({ server: address, ...ANONYMOUS });
      const rewritten = await fingerprintServer({ server: proxy.endpoint, ...ANONYMOUS, dataPort: 2120 });
      expect(proxy.rewritten).toBeGreaterThan(10);
      // The proxy has a control port of its own; everything else is the server's.
      const sheet = ({ traits }: typeof plain) =>
        traits.map(({ found, ...rest }) => ({ ...rest, found: found.split(',')[0] }));
      expect(sheet(rewritten)).toEqual(sheet(plain));
    } finally {
      await proxy.close();
    }
  }));

describe('ended in the middle', () => {
  it.each(['transfers', 'while', 'how long'])('at "%s" it leaves nothing open', (at) =>
    serving({ binder: 'reuse-addr', retry: 'bsd' }, async ({ address, server }) => {
      const before = openDescriptors();
      const stop = new AbortController();
      const reason = new Error('stopped');
      const onProgress = (what: string) => {
        if (what.includes(at)) setImmediate(() => stop.abort(reason));
      };
      const probing = fingerprintServer(
        { server: address, ...ANONYMOUS },
        { signal: stop.signal, onProgress },
      );
      await expect(probing).rejects.toBe(reason);
      await server.close();
      expect(openDescriptors()).toBeLessThan(before); // less by the server's own listener
    }),
  );
});

it.each(['legacy', 'reuse-port', 'ephemeral'] as const)('the binder %s is told by what it does', expectTold);

it('a server that waits for its port is told from one that does not', async () => {
  const server = { binder: 'reuse-addr', retry: [1], timeUnitMs: 1000 } as const;
  expect(valuesOf(await fingerprintOf(server))).toMatchObject({ 'port-taken': 'waits', tries: 2 });
});

it('follows the address of the control connection on a server that has several', () =>
  serving({ host: '0.0.0.0', port: 0, binder: 'reuse-port', retry: 'none' }, async ({ address }) => {
    const server = { address: ownAddress(), port: address.port };
    const found = await fingerprintServer({ server, ...ANONYMOUS });
    expect(traitOf(found, 'source-address')).toMatchObject({ value: 'control', confidence: 'certain' });
  }));

it('works over IPv6 with EPRT', async () => {
  const found = await fingerprintOf({ host: '::1', port: ownPort(), binder: 'reuse-addr', retry: 'none' });
  expect(valuesOf(found)).toMatchObject({
    'reuse-options': 'addr',
    'port-taken': 'refused',
    'foreign-address': 504,
  });
});

it('says why, when the login fails or nobody listens', () =>
  serving({}, async ({ address }) => {
    const login = { user: 'root', password: 'x' };
    await expect(fingerprintServer({ server: address, ...login })).rejects.toThrow(
      /^can't log in at .*: 530 /,
    );
    const nobody = { address: ownAddress(), port: 2121 };
    await expect(fingerprintServer({ server: nobody, ...ANONYMOUS })).rejects.toThrow(/ECONNREFUSED$/);
  }));
