// Whether what Node reports as the end of a stream was a reset: only a FIN says that everything came.
import type { Socket } from 'node:net';

interface PeerHandle {
  /** @returns 0, or a negative errno. */
  getpeername?(out: object): number;
}

/**
 * To be asked in the handler of 'end', while our own side is open. A reset that finds bytes unread is told by libuv as their
 * end: it reads less than it asked for, sees POLLHUP, and takes that for a FIN without another read(2), which would say
 * ECONNRESET. getpeername(2) tells them apart: behind a FIN the connection is in CLOSE_WAIT and has a peer, behind a reset
 * it has none (ENOTCONN).
 */
export function endedByReset(socket: Socket): boolean {
  const handle = (socket as { _handle?: PeerHandle | null })._handle;
  return (handle?.getpeername?.({}) ?? 0) !== 0;
}

/** What read(2) would have said. */
export function resetError(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}
