// A socket driven call by call, in the order that an experiment wants: what Node's own sockets do not let one choose.
import { type Endpoint, familyOf } from '../address.ts';
import { SystemCallError } from './descriptor.ts';
import { type Libc, libc } from './libc.ts';
import { decodeSockaddr, encodeSockaddr, SOCKADDR_MAX_BYTES } from './sockaddr.ts';

export interface RawSocketOptions {
  readonly family: 4 | 6;
  /** `stream` (TCP) unless set; `datagram` is UDP. */
  readonly type?: 'stream' | 'datagram';
  /** Calls that would wait fail at once: a connect(2) with EINPROGRESS, and the socket stays in SYN_SENT. */
  readonly nonBlocking?: boolean;
  /** On an IPv6 socket, leave IPv4 alone (IPV6_V6ONLY); true unless set. */
  readonly v6Only?: boolean;
  /** How long a call may wait before it fails with EAGAIN, a connect(2) with EINPROGRESS; 5 000 ms unless set. */
  readonly longestCallMs?: number;
}

export type ReuseOption = 'reuseAddr' | 'reusePort';

/**
 * A blocking call stops the whole event loop, so it ends by itself. All peers are on loopback; but a SYN that a busy
 * host drops is sent again after a second (RFC 6298 §2), and then after two.
 */
const LONGEST_CALL_MS = 5000;
const SHUT_WR = 1;

/** Every method is one system call. @throws SystemCallError from each, with the errno by name */
export class RawSocket {
  #fd: number;
  readonly #libc: Libc;

  private constructor(fd: number, calls: Libc) {
    this.#fd = fd;
    this.#libc = calls;
  }

  /** socket(2), close-on-exec. @throws SystemCallError, FfiUnavailableError */
  static open(options: RawSocketOptions): RawSocket {
    const { family, type = 'stream', nonBlocking = false, v6Only = true } = options;
    const calls = libc();
    const { AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK } = calls.constants;
    const flags = SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0);
    const kind = type === 'stream' ? SOCK_STREAM : SOCK_DGRAM;
    const fd = calls.socket(family === 6 ? AF_INET6 : AF_INET, kind | flags, 0);
    if (fd === -1) throw new SystemCallError('socket', calls.errno());
    const socket = new RawSocket(fd, calls);
    try {
      socket.#limitWaits(options.longestCallMs ?? LONGEST_CALL_MS);
      if (family === 6) socket.#setV6Only(v6Only);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** SO_REUSEADDR or SO_REUSEPORT, at any time: also after bind(2). */
  setReuse(option: ReuseOption, on: boolean): void {
    const { SOL_SOCKET, SO_REUSEADDR, SO_REUSEPORT } = this.#libc.constants;
    this.#setOption(SOL_SOCKET, option === 'reuseAddr' ? SO_REUSEADDR : SO_REUSEPORT, int32(on ? 1 : 0));
  }

  bind(local: Endpoint): void {
    const sockaddr = encodeSockaddr(local, this.#libc.constants);
    this.#check('bind', this.#libc.bind(this.#fd, sockaddr, sockaddr.length));
  }

  /** Backlog 0 leaves room for one connection that nobody accepts; Linux drops the SYN of the next. */
  listen(backlog: number): void {
    this.#check('listen', this.#libc.listen(this.#fd, backlog));
  }

  connect(remote: Endpoint): void {
    const sockaddr = encodeSockaddr(remote, this.#libc.constants);
    this.#check('connect', this.#libc.connect(this.#fd, sockaddr, sockaddr.length));
  }

  accept(): RawSocket {
    const calls = this.#libc;
    const fd = calls.accept(this.#fd, null, null, calls.constants.SOCK_CLOEXEC);
    this.#check('accept', fd);
    const socket = new RawSocket(fd, calls);
    socket.#limitWaits(LONGEST_CALL_MS);
    return socket;
  }

  /** Sends FIN and keeps the descriptor: FIN_WAIT2 as soon as the peer has acknowledged it. */
  shutdownWrite(): void {
    this.#check('shutdown', this.#libc.shutdown(this.#fd, SHUT_WR));
  }

  /** The bytes went to the connected peer. */
  send(data: Buffer): void {
    this.#check('send', this.#libc.send(this.#fd, data, data.length, 0));
  }

  /** The next datagram, or what has arrived of a stream; EAGAIN when nothing does. */
  receive(maxBytes: number): Buffer {
    const data = Buffer.alloc(maxBytes);
    const bytes = this.#libc.recv(this.#fd, data, data.length, 0);
    this.#check('recv', bytes);
    return data.subarray(0, bytes);
  }

  /** Sends multicast out of, or receives `group` on, the interface that has the IPv4 address `address`. */
  sendMulticastFrom(address: string): void {
    this.#setOption(this.#libc.constants.IPPROTO_IP, this.#libc.constants.IP_MULTICAST_IF, inAddr(address));
  }

  joinGroup(group: string, address: string): void {
    const membership = Buffer.concat([inAddr(group), inAddr(address)]); // struct ip_mreq
    this.#setOption(this.#libc.constants.IPPROTO_IP, this.#libc.constants.IP_ADD_MEMBERSHIP, membership);
  }

  /** getsockname(2). */
  localEndpoint(): Endpoint {
    const sockaddr = Buffer.alloc(SOCKADDR_MAX_BYTES);
    const length = int32(sockaddr.length);
    this.#check('getsockname', this.#libc.getsockname(this.#fd, sockaddr, length));
    return decodeSockaddr(sockaddr, this.#libc.constants);
  }

  /** Closes the descriptor; a connection ends with FIN. Safe to call again. */
  close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#libc.close(fd);
  }

  /** Closes with a reset instead of FIN (SO_LINGER, zero seconds), which leaves no TIME_WAIT. Safe to call again. */
  reset(): void {
    if (this.#fd === -1) return;
    const lingerZero = Buffer.alloc(8);
    lingerZero.writeInt32LE(1, 0);
    const { SOL_SOCKET, SO_LINGER } = this.#libc.constants;
    this.#libc.setsockopt(this.#fd, SOL_SOCKET, SO_LINGER, lingerZero, lingerZero.length);
    this.close();
  }

  #limitWaits(longestCallMs: number): void {
    const { SOL_SOCKET, SO_RCVTIMEO, SO_SNDTIMEO } = this.#libc.constants;
    const timeval = Buffer.alloc(16);
    timeval.writeBigInt64LE(BigInt(Math.floor(longestCallMs / 1000)), 0);
    timeval.writeBigInt64LE(BigInt((longestCallMs % 1000) * 1000), 8);
    this.#setOption(SOL_SOCKET, SO_RCVTIMEO, timeval);
    this.#setOption(SOL_SOCKET, SO_SNDTIMEO, timeval); // connect(2) as well: socket(7)
  }

  #setV6Only(on: boolean): void {
    const { IPPROTO_IPV6, IPV6_V6ONLY } = this.#libc.constants;
    this.#setOption(IPPROTO_IPV6, IPV6_V6ONLY, int32(on ? 1 : 0));
  }

  #setOption(level: number, option: number, value: Buffer): void {
    this.#check('setsockopt', this.#libc.setsockopt(this.#fd, level, option, value, value.length));
  }

  #check(syscall: string, result: number): void {
    if (result === -1) throw new SystemCallError(syscall, this.#libc.errno());
  }
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value, 0);
  return buffer;
}

/** struct in_addr. */
function inAddr(address: string): Buffer {
  if (familyOf(address) !== 4) throw new RangeError(`not an IPv4 address: '${address}'`);
  return Buffer.from(address.split('.').map(Number));
}
