// Urgent data: without a word to the kernel the byte that is marked so is taken out of the stream, and nobody reads it.
import type { Socket } from 'node:net';
import { descriptorOf } from './handle.ts';
import { ffiAvailable, libc } from './libc.ts';

/** From now on urgent bytes of `socket` are read in their place. Without the FFI they stay lost. */
export function keepUrgentInline(socket: Socket): void {
  const fd = descriptorOf(socket);
  if (fd === -1 || !ffiAvailable()) return;
  const { constants, setsockopt } = libc();
  const on = Buffer.alloc(4);
  on.writeInt32LE(1, 0);
  setsockopt(fd, constants.SOL_SOCKET, constants.SO_OOBINLINE, on, on.length);
}
