// Who may connect to the client's listener: the server that it is logged in to, and nobody else.
import type { Socket } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../address.ts';
import type { FilledActiveModeOptions } from './options.ts';

/** What a peer may be: the server as expected, another host, or the server's host on a port that it must not use. */
export type PeerVerdict = 'server' | 'stranger' | 'wrong-port';

/** The remote end of a connection that was reset before it was looked at: getpeername(2) does not know any more. */
export const NOBODY: Endpoint = { address: '', port: 0 };

export function remoteOf({ remoteAddress, remotePort }: Socket): Endpoint {
  if (remoteAddress === undefined || remotePort === undefined) return NOBODY;
  return { address: unmapIPv4(remoteAddress), port: remotePort };
}

/** RFC 959 §3.2 has the server dial from L-1, L being `controlPort`; undefined when any port will do. */
export function expectedPort(
  { expectSourcePort }: FilledActiveModeOptions,
  controlPort: number | undefined,
): number | undefined {
  if (expectSourcePort !== 'default') return expectSourcePort;
  return controlPort === undefined ? undefined : controlPort - 1;
}

/** Port stealing (RFC 2577 §8): whoever guesses the port first would get, or give, the file. */
export function judgePeer(peer: Endpoint, server: string, wantedPort: number | undefined): PeerVerdict {
  if (peer.address !== server) return 'stranger';
  return wantedPort === undefined || peer.port === wantedPort ? 'server' : 'wrong-port';
}
