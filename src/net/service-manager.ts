// What a service tells systemd about itself: datagrams to the socket of NOTIFY_SOCKET (sd_notify(3)), which Node cannot send.
import { SystemCallError } from './descriptor.ts';
import { libc } from './libc.ts';
import { encodeAbstractUnix, encodeUnix } from './sockaddr.ts';

/**
 * Sends `state`, lines such as `READY=1`, to whoever started this process and wants to know; else does nothing.
 * @throws SystemCallError when it cannot be sent, FfiUnavailableError
 */
export function tellServiceManager(state: string, place = process.env.NOTIFY_SOCKET): void {
  if (place === undefined || place === '') return;
  const calls = libc();
  const { AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC } = calls.constants;
  const address = place.startsWith('@')
    ? encodeAbstractUnix(place.slice(1), calls.constants)
    : encodeUnix(place, calls.constants);
  const fd = calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd === -1) throw new SystemCallError('socket', calls.errno());
  try {
    if (calls.connect(fd, address, address.length) === -1)
      throw new SystemCallError('connect', calls.errno());
    const text = Buffer.from(state);
    if (calls.send(fd, text, text.length, 0) === -1) throw new SystemCallError('send', calls.errno());
  } finally {
    calls.close(fd);
  }
}
