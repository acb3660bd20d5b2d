// The service manager's end of sd_notify(3): a UNIX datagram socket, which Node has not.
import { systemClock } from '../../src/clock.ts';
import { libc } from '../../src/net/libc.ts';
import { encodeAbstractUnix, encodeUnix } from '../../src/net/sockaddr.ts';

export interface Notes {
  /** As in NOTIFY_SOCKET. */
  readonly path: string;
  /** The next datagram. */
  next(): Promise<string>;
  close(): void;
}

/** @param path of a socket that is made, or `@name` in the abstract namespace */
export async function listening(path: string): Promise<Notes> {
  const calls = libc();
  const { AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK } = calls.constants;
  const fd = calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const address = path.startsWith('@')
    ? encodeAbstractUnix(path.slice(1), calls.constants)
    : encodeUnix(path, calls.constants);
  if (calls.bind(fd, address, address.length) === -1) throw new Error(`bind: ${calls.errno()}`);
  const buffer = Buffer.alloc(4096);
  async function next(): Promise<string> {
    for (;;) {
      const bytes = calls.recv(fd, buffer, buffer.length, 0);
      if (bytes >= 0) return buffer.toString('utf8', 0, bytes);
      await systemClock.sleep(5);
    }
  }
  return { path, next, close: () => void calls.close(fd) };
}
