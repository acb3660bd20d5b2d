// Bringing the loopback interface up: in a new network namespace it is down, and nothing can be reached.
import { SystemCallError } from './descriptor.ts';
import { libc } from './libc.ts';

// Linux: include/uapi/linux/sockios.h, if.h (struct ifreq: 16 bytes of name, then a union of 24)
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;
const IFREQ_BYTES = 40;
const NAME_BYTES = 16;

/** Of the calling process's network namespace; needs CAP_NET_ADMIN in it. @throws SystemCallError */
export function raiseLoopback(): void {
  const calls = libc();
  const { AF_INET, SOCK_DGRAM, SOCK_CLOEXEC } = calls.constants;
  const fd = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd === -1) throw new SystemCallError('socket', calls.errno());
  try {
    const request = Buffer.alloc(IFREQ_BYTES);
    request.write('lo', 0);
    request.writeInt16LE(IFF_UP, NAME_BYTES);
    if (calls.ioctl(fd, SIOCSIFFLAGS, request) === -1) throw new SystemCallError('ioctl', calls.errno());
  } finally {
    calls.close(fd);
  }
}
