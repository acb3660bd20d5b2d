// A port held by what is left of a connection: the kernel lets it be shared across users, and a reset clears it away.
import { once } from 'node:events';
import { type Endpoint, formatEndpoint } from '../../../address.ts';
import type { OptionSet } from '../../types.ts';
import { Catcher } from '../catcher.ts';
import type { Scope } from '../scope.ts';
import { STEP_MS } from '../session.ts';
import { holdInScope, PortNotFree } from './hold.ts';

/**
 * SO_REUSEPORT joins sockets of the same user only, but for those in TIME_WAIT (inet_bind_conflict): so that a daemon
 * of another user can be asked, the holder is a closed socket whose peer has not closed yet. Linux keeps FIN_WAIT2
 * without an owner as a TIME_WAIT entry, and the peer's reset removes it at once. `close` on the result does that.
 * @throws PortNotFree
 */
export async function holdByRemains(
  scope: Scope,
  local: Endpoint,
  options: OptionSet,
): Promise<{ close(): void }> {
  const peer = await Catcher.listen(local.address, scope);
  const socket = (await holdInScope(scope, local, options)).intoSocket();
  scope.owns({ close: () => socket.destroy() });
  socket.on('error', () => {}).connect({ host: peer.local.address, port: peer.local.port });
  await once(socket, 'connect', scope.signal === undefined ? {} : { signal: scope.signal });
  const arrival = await scope.until(() => peer.arrivals[0], STEP_MS);
  if (arrival === undefined) throw new PortNotFree(`no connection from ${formatEndpoint(local)}`);
  socket.destroy();
  arrival.drain();
  await scope.until(() => arrival.ended || undefined, STEP_MS);
  return { close: () => arrival.reset() };
}
