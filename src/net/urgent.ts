// Urgent data: Node has no word for it. Without one to the kernel a byte that is marked so is taken out of the stream.
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

/** Linux and BSD alike. */
const MSG_OOB = 1;

/**
 * Sends `bytes`, the last of which is marked urgent. Nothing may wait in `socket` to be written. False where it could not be
 * done, as without the FFI.
 */
export function sendUrgent(socket: Socket, bytes: Buffer): boolean {
  const fd = descriptorOf(socket);
  if (fd === -1 || !ffiAvailable()) return false;
  return libc().send(fd, bytes, bytes.length, MSG_OOB) === bytes.length;
}
