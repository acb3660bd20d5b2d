// What of the bytes given to a connection has not reached its peer yet: the kernel alone knows.
import type { Socket } from 'node:net';
import { descriptorOf } from './handle.ts';
import { ffiAvailable, libc } from './libc.ts';

/** SIOCOUTQ of Linux, which is TIOCOUTQ (tcp(7)): bytes in the send queue that the peer has not acknowledged. */
const SIOCOUTQ = 0x5411;

interface StreamHandle {
  /** Bytes that libuv still holds. */
  readonly writeQueueSize?: number;
  readonly bytesRead?: number;
  /** Handed to libuv. */
  readonly bytesWritten?: number;
}

/**
 * Bytes that were written to `socket` and that its peer has not acknowledged. Without FFI or off Linux those that the
 * kernel has not taken: a slow peer seems to take nothing until the kernel has room again.
 */
export function unsentBytes(socket: Socket): number {
  const { writeQueueSize = 0 } = (socket as { _handle?: StreamHandle | null })._handle ?? {};
  const fd = descriptorOf(socket);
  return writeQueueSize + (fd === -1 ? 0 : queuedInKernel(fd));
}

/** Bytes that a connection has read and written, also past Node's own count: below TLS they are ciphertext. */
export function streamBytes(socket: Socket): number {
  const { bytesRead = 0, bytesWritten = 0 } = (socket as { _handle?: StreamHandle | null })._handle ?? {};
  return bytesRead + bytesWritten;
}

function queuedInKernel(fd: number): number {
  if (process.platform !== 'linux' || !ffiAvailable()) return 0;
  const bytes = Buffer.alloc(4);
  return libc().ioctl(fd, SIOCOUTQ, bytes) === -1 ? 0 : bytes.readInt32LE(0);
}
