// Fingerprints of our own server: every binder is told from outside by what it does.
import { describe, expect, it } from '@jest/globals';
import type { BinderName } from '../../src/binder/types.ts';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import type { Trait } from '../../src/probe/types.ts';
import { serving } from '../server/serving.ts';
import { openDescriptors, ownAddress } from '../support/loopback.ts';
import { ANONYMOUS, fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';
import { startProxy } from './proxy.ts';

/** What every binder shares: the server around it is the same. */
const SERVER = {
  'connects-at': 'transfer',
  'reply-200': 'address-taken',
  'reply-150': 'after-connect',
  'reply-226': 'after-fin',
  'reply-refused': 425,
  'source-address': 'control',
  'foreign-address': 504,
  'privileged-port': 504,
};

const SHARES = {
  'source-port': 2120,
  'binds-at': 'transfer',
  'port-taken': 'refused',
  tries: 1,
  'live-port': 'ok',
};
const FIXED = { ...SHARES, 'live-tuple': 'refused', 'time-wait-port': 'ok', 'time-wait-tuple': 'ok' };
const EXPECTED: Readonly<Record<BinderName, Record<string, Trait['value']>>> = {
  legacy: {
    ...FIXED,
    'reuse-options': 'none',
    'live-port': 'refused',
    'time-wait-port': 'refused',
    'time-wait-tuple': 'refused',
  },
  'legacy-bsd': { ...FIXED, 'reuse-options': 'addr' },
  'reuse-addr': { ...FIXED, 'reuse-options': 'addr' },
  'reuse-port': { ...FIXED, 'reuse-options': 'port' },
  'reuse-both': { ...FIXED, 'reuse-options': 'both' },
  ephemeral: {
    'source-port': 'ephemeral',
    'reuse-options': null,
    tries: null,
    'live-port': 'ok',
    'live-tuple': 'ok',
    'time-wait-port': 'ok',
    'time-wait-tuple': 'ok',
  },
};

describe.each(Object.keys(EXPECTED) as BinderName[])('the binder %s', (binder) => {
  it('is told by what it does', async () => {
    const found = await fingerprintOf({ binder, retry: 'none' });
    expect(valuesOf(found)).toMatchObject({ ...SERVER, ...EXPECTED[binder] });
    expect(traitOf(found, 'reuse-options').confidence).toBe('certain');
  });
});

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

it('follows the address of the control connection on a server that has several', () =>
  serving({ host: '0.0.0.0', port: 0, binder: 'reuse-port', retry: 'none' }, async ({ address }) => {
    const server = { address: ownAddress(), port: address.port };
    const found = await fingerprintServer({ server, ...ANONYMOUS });
    expect(traitOf(found, 'source-address')).toMatchObject({ value: 'control', confidence: 'certain' });
  }));

it('works over IPv6 with EPRT', async () => {
  const found = await fingerprintOf({ host: '::1', port: 0, binder: 'reuse-addr', retry: 'none' });
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
