// What each of our binders looks like from outside.
import { expect } from '@jest/globals';
import type { BinderName } from '../../src/binder/types.ts';
import type { Trait } from '../../src/probe/types.ts';
import { fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';

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

export async function expectTold(binder: BinderName): Promise<void> {
  const found = await fingerprintOf({ binder, retry: 'none' });
  expect(valuesOf(found)).toMatchObject({ ...SERVER, ...EXPECTED[binder] });
  expect(traitOf(found, 'reuse-options').confidence).toBe('certain');
}
