// Taking a control port, and what is said to a client that cannot be served on it.
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { type Endpoint, formatEndpoint, unmapIPv4 } from '../../address.ts';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { formatReply } from '../../ftp/reply.ts';
import { publishSessionRefused } from './session-record.ts';

/** As long as Linux lets it be (net.core.somaxconn): a burst beyond it would wait for its SYN to be sent again. */
const BACKLOG = 4096;

/** Listens on `wanted`, where port 0 takes a free one. @throws PreflightError that says why it cannot be had */
export async function listenAt(
  server: Server,
  wanted: Endpoint,
  { ipv6Only = false }: { readonly ipv6Only?: boolean } = {},
): Promise<Endpoint> {
  try {
    server.listen({ host: wanted.address, port: wanted.port, ipv6Only, backlog: BACKLOG });
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, wanted);
  }
  outliveFailedAccepts(server);
  const { port } = server.address() as AddressInfo;
  return { address: wanted.address, port };
}

/** libuv before 1.45 (Node before 20.3) tells of a failed accept(2), such as ENOBUFS. Who waits stays in the backlog. */
export function outliveFailedAccepts(server: Server): void {
  server.on('error', () => {});
}

/**
 * RFC 959 §5.4: a greeting may be 421. Neither read nor kept waiting: what is refused must cost nothing.
 * @param server as a SessionRefused tells it
 */
export function turnAway(socket: Socket, reason: string, server = 0): void {
  const peer = { address: unmapIPv4(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
  publishSessionRefused(server, peer, reason);
  socket.on('error', () => {}); // a client that is gone already
  socket.end(formatReply(421, reason));
  socket.destroySoon();
}

/** The reason why a control port could not be had, in words. */
export function listenError(error: unknown, wanted: Endpoint): PreflightError {
  const place = formatEndpoint(wanted);
  const options = { cause: error };
  switch (errorCodeOf(error)) {
    case 'EADDRINUSE':
      return new PreflightError(
        `${place} is in use by another server: stop it, or listen elsewhere`,
        options,
      );
    case 'EACCES':
      return new PreflightError(
        `${place} is a privileged port: start as root or with CAP_NET_BIND_SERVICE, or listen on a port from 1024 on`,
        options,
      );
    case 'EADDRNOTAVAIL':
      return new PreflightError(`${wanted.address} is not an address of this machine`, options);
    default:
      return new PreflightError(`cannot listen on ${place}: ${errorCodeOf(error)}`, options);
  }
}
