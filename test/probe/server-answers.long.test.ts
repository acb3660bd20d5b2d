// Fingerprints of our own server: every binder is told from outside by what it does.
import { expect, it } from '@jest/globals';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import { serving } from '../server/serving.ts';
import { ownAddress, ownPort } from '../support/loopback.ts';
import { expectTold } from './binder-traits.ts';
import { ANONYMOUS, fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';

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
