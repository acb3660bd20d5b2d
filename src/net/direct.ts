// A connected net.Socket moved by the kernel's own calls: out of a file, and into memory that is ours. Node knows nothing of it.
import type { Socket } from 'node:net';
import { SystemCallError } from './descriptor.ts';
import { fileCalls } from './file-calls.ts';
import { descriptorOf } from './handle.ts';
import { errnoName, ffiAvailable, libc } from './libc.ts';

/** Every socket is non-blocking already; the flag says so where the call is. */
const MSG_DONTWAIT = 0x40;
const offset = Buffer.alloc(8);

/**
 * sendfile(2); nothing that Node was given to write may be waiting. @returns bytes sent, 0 at the end of the file; `full` while the socket takes no more; undefined where it
 * cannot be done. @throws SystemCallError, of the network or of the disk
 */
export function sendFromFile(
  socket: Socket,
  fd: number,
  position: number,
  bytes: number,
): number | 'full' | undefined {
  const calls = fileCalls();
  const to = descriptorOf(socket);
  if (calls === undefined || to === -1) return undefined;
  offset.writeBigInt64LE(BigInt(position), 0);
  const sent = calls.sendfile(to, fd, offset, bytes);
  if (sent !== -1) return sent;
  const errno = calls.errno();
  switch (errnoName(errno)) {
    case 'EAGAIN':
    case 'EINTR':
      return 'full';
    case 'EINVAL': // this file system has no pages to send
    case 'ENOSYS':
    case 'EOVERFLOW':
      return undefined;
    default:
      throw new SystemCallError('sendfile', errno);
  }
}

/**
 * recv(2) until there is nothing more, or `buffer` is full: what Node would read in many pieces. A FIN is left for Node to
 * find. @returns the bytes received, 0 where it cannot be done. @throws SystemCallError
 */
export function receiveInto(socket: Socket, buffer: Buffer): number {
  const fd = descriptorOf(socket);
  if (process.platform !== 'linux' || fd === -1 || !ffiAvailable()) return 0;
  const calls = libc();
  const received = calls.recv(fd, buffer, buffer.length, MSG_DONTWAIT);
  if (received !== -1) return received;
  const errno = calls.errno();
  if (['EAGAIN', 'EINTR'].includes(errnoName(errno))) return 0;
  throw new SystemCallError('recv', errno);
}
