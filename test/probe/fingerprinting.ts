// Fingerprints for tests: of a server of ours on an address of its own, and a sheet as values by trait.
import { type FingerprintOptions, fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import type { Fingerprint, Trait } from '../../src/probe/types.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { serving } from '../server/serving.ts';

export const ANONYMOUS = { user: 'anonymous', password: 'x@' };

export async function fingerprintOf(
  options: ServerOptions,
  probe: FingerprintOptions = {},
): Promise<Fingerprint> {
  let found: Fingerprint | undefined;
  await serving(options, async ({ address }) => {
    found = await fingerprintServer({ server: address, ...ANONYMOUS }, probe);
  });
  if (found === undefined) throw new Error('no fingerprint');
  return found;
}

export function valuesOf({ traits }: Fingerprint): Record<string, Trait['value']> {
  return Object.fromEntries(traits.map(({ id, value }) => [id, value]));
}

export function traitOf({ traits }: Fingerprint, id: string): Trait {
  const trait = traits.find((one) => one.id === id);
  if (trait === undefined) throw new Error(`no trait ${id}`);
  return trait;
}
