// A TUN device: what the kernel routes to it is read here, packet by packet, and what is written comes in by it. Linux only.
import { closeSync, openSync } from 'node:fs';
import { SystemCallError } from './descriptor.ts';
import { libc } from './libc.ts';

// linux/if.h, linux/if_tun.h
const IFREQ_BYTES = 40;
const NAME_BYTES = 16;
const TUNSETIFF = 0x400454ca;
const IFF_TUN = 0x1;
const IFF_NO_PI = 0x1000;

/**
 * In the network namespace of the caller; it is gone when its descriptor is closed. IP packets, with nothing before them.
 * @returns the descriptor. @throws SystemCallError without the right to it, FfiUnavailableError, Node's errors of open(2)
 */
export function openTun(name: string): number {
  const calls = libc();
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(name, 0, NAME_BYTES - 1, 'latin1');
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, NAME_BYTES);
  if (calls.ioctl(fd, TUNSETIFF, request) !== -1) return fd;
  const error = new SystemCallError('ioctl TUNSETIFF', calls.errno());
  closeSync(fd);
  throw error;
}
