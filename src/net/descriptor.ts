// A socket descriptor with exactly one owner: us until it is handed to Node, then the net.Socket.
import { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import type { SocketConstants } from './constants.ts';
import { errnoName, type Libc, libc } from './libc.ts';
import { decodeSockaddr, encodeAbstractUnix, encodeSockaddr, SOCKADDR_MAX_BYTES } from './sockaddr.ts';

/** The options that are set before bind(2). */
export interface BindOptions {
  readonly reuseAddr?: boolean;
  readonly reusePort?: boolean;
  /** Leave the port to connect(2) where the kernel can (IP_BIND_ADDRESS_NO_PORT); `local.port` must be 0. */
  readonly deferPort?: boolean;
}

/** A system call failed; `code` is the errno by name, `syscall` the call, as in Node's own errors. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;
  readonly syscall: string;
  constructor(syscall: string, errno: number) {
    const code = errnoName(errno);
    super(`${syscall}: ${code}`);
    this.code = code;
    this.syscall = syscall;
  }
}

export class Descriptor {
  #fd: number;
  readonly #libc: Libc;

  private constructor(fd: number, calls: Libc) {
    this.#fd = fd;
    this.#libc = calls;
  }

  /** A TCP socket bound to `local`. @throws SystemCallError, with nothing left open; FfiUnavailableError */
  static bound(local: Endpoint, options: BindOptions = {}): Descriptor {
    const calls = libc();
    const { constants } = calls;
    const sockaddr = encodeSockaddr(local, constants);
    const v6 = sockaddr.length === 28;
    return Descriptor.#open(calls, v6 ? constants.AF_INET6 : constants.AF_INET, (descriptor) => {
      for (const [level, option] of optionsToSet(options, v6, constants))
        descriptor.#setOption(level, option);
      descriptor.#bind(sockaddr);
    });
  }

  /** Holds a name in Linux's abstract UNIX namespace until it is closed or its process dies. @throws SystemCallError */
  static holdingName(name: string): Descriptor {
    const calls = libc();
    return Descriptor.#open(calls, calls.constants.AF_UNIX, (descriptor) => {
      descriptor.#bind(encodeAbstractUnix(name, calls.constants));
    });
  }

  static #open(calls: Libc, domain: number, setUp: (descriptor: Descriptor) => void): Descriptor {
    const { SOCK_STREAM, SOCK_CLOEXEC, SOCK_NONBLOCK } = calls.constants;
    const fd = calls.socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd === -1) throw new SystemCallError('socket', calls.errno());
    const descriptor = new Descriptor(fd, calls);
    try {
      setUp(descriptor);
      return descriptor;
    } catch (error) {
      descriptor.close();
      throw error;
    }
  }

  /** getsockname(2). */
  localEndpoint(): Endpoint {
    const sockaddr = Buffer.alloc(SOCKADDR_MAX_BYTES);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(sockaddr.length, 0);
    this.#check('getsockname', this.#libc.getsockname(this.#fd, sockaddr, length));
    return decodeSockaddr(sockaddr, this.#libc.constants);
  }

  /** Gives the descriptor to Node: a `net.Socket` that is not connected yet, owns it, and must be destroyed. */
  intoSocket(): Socket {
    // manualStart (undocumented): without it the socket starts to read, fails with ENOTCONN, and a later connect
    // silently leaves from an ephemeral port. test/net/descriptor.test.ts guards the whole hand-over.
    const handle = handleOf(this.#fd);
    const how = { allowHalfOpen: true, manualStart: true };
    const socket = new Socket(
      handle === undefined ? { ...how, fd: this.#fd } : ({ ...how, handle } as object),
    );
    this.#fd = -1; // from here on the Socket closes it; had the constructor thrown, it would still be ours
    learnHandle(socket);
    return socket;
  }

  /** Closes the descriptor if it is still ours; safe to call again. */
  close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#libc.close(fd);
  }

  #setOption(level: number, option: number): void {
    const on = Buffer.alloc(4);
    on.writeInt32LE(1, 0);
    this.#check('setsockopt', this.#libc.setsockopt(this.#fd, level, option, on, on.length));
  }

  #bind(sockaddr: Buffer): void {
    this.#check('bind', this.#libc.bind(this.#fd, sockaddr, sockaddr.length));
  }

  #check(syscall: string, result: number): void {
    if (result === -1) throw new SystemCallError(syscall, this.#libc.errno());
  }
}

interface TcpHandle {
  /** @returns 0, or a negative errno. */
  open(fd: number): number;
  close(): void;
}
type TcpHandleClass = new (type: number) => TcpHandle;
/** TCP.SOCKET of Node's tcp_wrap: a connection, not a listener. */
const CONNECTION = 0;
let handleClass: TcpHandleClass | undefined;

/**
 * Given a number alone, Node asks the kernel in four calls what that is, each time. It is a TCP socket, so it gets the handle
 * that a `net.Socket` would make for it: the class is that of the first one.
 */
function handleOf(fd: number): TcpHandle | undefined {
  if (handleClass === undefined) return undefined;
  const handle = new handleClass(CONNECTION);
  if (handle.open(fd) === 0) return handle;
  handle.close();
  return undefined;
}

function learnHandle(socket: Socket): void {
  const found = (socket as { _handle?: object | null })._handle?.constructor;
  if (found?.name === 'TCP') handleClass ??= found as TcpHandleClass;
}

function optionsToSet(options: BindOptions, v6: boolean, constants: SocketConstants): [number, number][] {
  const set: [number, number][] = [];
  if (options.reuseAddr) set.push([constants.SOL_SOCKET, constants.SO_REUSEADDR]);
  if (options.reusePort) set.push([constants.SOL_SOCKET, constants.SO_REUSEPORT]);
  // An IPv6 socket bound to :: would otherwise take the IPv4 port too.
  if (v6) set.push([constants.IPPROTO_IPV6, constants.IPV6_V6ONLY]);
  // IPPROTO_IP on IPv6 sockets as well: the option has no IPv6 twin (ip(7)).
  if (options.deferPort && constants.IP_BIND_ADDRESS_NO_PORT !== undefined) {
    set.push([constants.IPPROTO_IP, constants.IP_BIND_ADDRESS_NO_PORT]);
  }
  return set;
}
