// Holding the server's data port, and this kernel's rules for who may join whom there.
import type { Endpoint } from '../../../address.ts';
import { errorCodeOf } from '../../../errors.ts';
import { Descriptor } from '../../../net/descriptor.ts';
import { BIND_OPTIONS } from '../../bind-options.ts';
import { OPTION_SETS, type OptionSet } from '../../types.ts';
import type { Scope } from '../scope.ts';

/** @throws SystemCallError, FfiUnavailableError */
function hold(local: Endpoint, options: OptionSet): Descriptor {
  return Descriptor.bound(local, BIND_OPTIONS[options]);
}

/** The data port stayed taken by others: what was to be tried with it cannot be. */
export class PortNotFree extends Error {
  override readonly name = 'PortNotFree';
}

/** How long what the transfer before left behind may take to go away. */
const FREE_WITHIN_MS = 2000;
const LOOK_AGAIN_MS = 20;

/** The same once the port is free, for as long as `scope` lives. @throws PortNotFree */
export async function holdInScope(scope: Scope, local: Endpoint, options: OptionSet): Promise<Descriptor> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    try {
      return scope.owns(hold(local, options));
    } catch (cause) {
      if (errorCodeOf(cause) !== 'EADDRINUSE') throw cause;
      if (waitedMs >= FREE_WITHIN_MS) throw new PortNotFree(REASONS.EADDRINUSE, { cause });
    }
    await scope.pause(LOOK_AGAIN_MS);
  }
}

/** Why the probe cannot hold this port; undefined when it can. */
export function whyNotHeld(local: Endpoint): string | undefined {
  try {
    hold(local, 'none').close();
    return undefined;
  } catch (error) {
    return REASONS[errorCodeOf(error)] ?? `the data port cannot be held (${errorCodeOf(error)})`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'the data port can be held only on the machine of the server',
  EACCES: 'holding a data port below 1024 needs root (CAP_NET_BIND_SERVICE)',
  EADDRINUSE: 'the data port is in use by others, or by what they left in TIME_WAIT',
  ERR_FFI_UNAVAILABLE: 'the data port cannot be held without FFI on this platform',
};

/** This kernel's own rules, asked with two sockets on a free port: nothing is taken from a table. */
export function whoJoins(address: string): Record<OptionSet, OptionSet[]> {
  const joins: Record<OptionSet, OptionSet[]> = { none: [], addr: [], port: [], both: [] };
  for (const holder of OPTION_SETS) {
    const held = hold({ address, port: 0 }, holder);
    try {
      joins[holder] = OPTION_SETS.filter((binder) => canBind(held.localEndpoint(), binder));
    } finally {
      held.close();
    }
  }
  return joins;
}

function canBind(local: Endpoint, options: OptionSet): boolean {
  try {
    hold(local, options).close();
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EADDRINUSE') return false;
    throw error;
  }
}
