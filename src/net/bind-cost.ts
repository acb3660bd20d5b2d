// bind(2) and connect(2) with a clock around each call and nothing else between its ticks. Linux, IPv4 loopback only.
import type { BindOptions } from './descriptor.ts';
import { SystemCallError } from './descriptor.ts';
import { errnoName, type Libc, libc } from './libc.ts';
import { decodeSockaddr, encodeSockaddr, SOCKADDR_MAX_BYTES } from './sockaddr.ts';

// include/uapi/asm-generic/socket.h
const SO_LINGER = 13;
const SO_BINDTODEVICE = 25;
const LOOPBACK_DEVICE = Buffer.from('lo\0');
const ON = Buffer.from([1, 0, 0, 0]);
/** struct linger { l_onoff = 1, l_linger = 0 }: close(2) sends a reset, and no TIME_WAIT stays behind. */
const RESET_ON_CLOSE = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

/** An address and port as the kernel takes it, made before the clock starts. */
export function socketAddress(address: string, port: number): Buffer {
  return encodeSockaddr({ address, port }, libc().constants);
}

/** A socket whose calls are timed. The opener closes it. */
export class TimedSocket {
  readonly #fd: number;
  readonly #libc: Libc;

  private constructor(fd: number, calls: Libc) {
    this.#fd = fd;
    this.#libc = calls;
  }

  /** @throws SystemCallError, with nothing left open; FfiUnavailableError */
  static open(options: BindOptions, { resetOnClose }: { readonly resetOnClose: boolean }): TimedSocket {
    const calls = libc();
    const { SOL_SOCKET, SO_REUSEADDR, SO_REUSEPORT } = calls.constants;
    const fd = openStream(calls);
    if (options.reuseAddr) setOption(calls, fd, SOL_SOCKET, SO_REUSEADDR, ON);
    if (options.reusePort) setOption(calls, fd, SOL_SOCKET, SO_REUSEPORT, ON);
    if (resetOnClose) setOption(calls, fd, SOL_SOCKET, SO_LINGER, RESET_ON_CLOSE);
    return new TimedSocket(fd, calls);
  }

  /** @returns nanoseconds. @throws SystemCallError */
  bind(local: Buffer): number {
    const before = process.hrtime.bigint();
    const result = this.#libc.bind(this.#fd, local, local.length);
    const after = process.hrtime.bigint();
    if (result === -1) throw new SystemCallError('bind', this.#libc.errno());
    return Number(after - before);
  }

  /** The whole handshake: on loopback the peer's kernel answers inside the call. @returns nanoseconds. @throws SystemCallError */
  connect(remote: Buffer): number {
    const before = process.hrtime.bigint();
    const result = this.#libc.connect(this.#fd, remote, remote.length);
    const after = process.hrtime.bigint();
    if (result === -1) this.#requireInProgress();
    return Number(after - before);
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  /** A non-blocking connect(2) says EINPROGRESS even where the handshake was over before it returned. */
  #requireInProgress(): void {
    const errno = this.#libc.errno();
    if (errnoName(errno) !== 'EINPROGRESS') throw new SystemCallError('connect', errno);
  }
}

/** Listens on one port of every loopback address, and of no other device: a peer with 16 million addresses. */
export class LoopbackListener {
  readonly port: number;
  readonly #fd: number;
  readonly #libc: Libc;

  private constructor(fd: number, calls: Libc) {
    this.#fd = fd;
    this.#libc = calls;
    this.port = portOf(calls, fd);
  }

  /** @throws SystemCallError (EPERM before Linux 5.7 without CAP_NET_RAW), with nothing left open; FfiUnavailableError */
  static open(backlog: number): LoopbackListener {
    const calls = libc();
    const fd = openStream(calls);
    setOption(calls, fd, calls.constants.SOL_SOCKET, SO_BINDTODEVICE, LOOPBACK_DEVICE);
    const anywhere = socketAddress('0.0.0.0', 0);
    check(calls, fd, 'bind', calls.bind(fd, anywhere, anywhere.length));
    check(calls, fd, 'listen', calls.listen(fd, backlog));
    return new LoopbackListener(fd, calls);
  }

  /** Takes the oldest connection off the queue and closes this end of it; false for none. @throws SystemCallError */
  closeOne(): boolean {
    const { SOCK_CLOEXEC } = this.#libc.constants;
    const accepted = this.#libc.accept(this.#fd, null, null, SOCK_CLOEXEC);
    if (accepted !== -1) return this.#libc.close(accepted) === 0;
    const errno = this.#libc.errno();
    if (errnoName(errno) !== 'EAGAIN') throw new SystemCallError('accept', errno);
    return false;
  }

  /** Resets every connection that was not accepted, so that the other end leaves no TIME_WAIT either. */
  close(): void {
    this.#libc.close(this.#fd);
  }
}

function openStream(calls: Libc): number {
  const { AF_INET, SOCK_STREAM, SOCK_CLOEXEC, SOCK_NONBLOCK } = calls.constants;
  const fd = calls.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd === -1) throw new SystemCallError('socket', calls.errno());
  return fd;
}

function setOption(calls: Libc, fd: number, level: number, option: number, value: Buffer): void {
  check(calls, fd, 'setsockopt', calls.setsockopt(fd, level, option, value, value.length));
}

/** Closes the descriptor when a call of its set-up failed. */
function check(calls: Libc, fd: number, syscall: string, result: number): void {
  if (result !== -1) return;
  const errno = calls.errno();
  calls.close(fd);
  throw new SystemCallError(syscall, errno);
}

function portOf(calls: Libc, fd: number): number {
  const sockaddr = Buffer.alloc(SOCKADDR_MAX_BYTES);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(sockaddr.length, 0);
  check(calls, fd, 'getsockname', calls.getsockname(fd, sockaddr, length));
  return decodeSockaddr(sockaddr, calls.constants).port;
}
