// legacy-bsd: SO_REUSEADDR under the 4.4BSD rule, which lets (lhost, lport, *, 0) exist only once.
import { type Endpoint, formatEndpoint } from '../../address.ts';
import { Descriptor } from '../../net/descriptor.ts';
import { descriptorClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const legacyBsd: Strategy = {
  name: 'legacy-bsd',
  note: 'the try-10-times hack where Friedberg met it (4.4BSD)',
  caution: 'the 4.4BSD rule, reproduced on this kernel; not a BSD kernel',
  options: ['SO_REUSEADDR'],
  holdsPort: 'until-connect',
  defaultRetry: 'bsd',
  keepsPort: true,
  worksWithoutFfi: false,
  claim: (local) => descriptorClaim(local, { reuseAddr: true }, guardFor(local)),
};

/**
 * 4.4BSD's in_pcbbind() and in_pcbconnect() refuse a second unconnected socket on one local address. BSD kernels do
 * so by themselves; Linux never does, so there a name in the abstract UNIX namespace stands for the pcb: the kernel
 * gives EADDRINUSE to every other process and frees the name when its holder dies.
 */
function guardFor(local: Endpoint): Descriptor | undefined {
  if (process.platform !== 'linux') return undefined;
  return Descriptor.holdingName(`port20/${formatEndpoint(local)}`);
}
