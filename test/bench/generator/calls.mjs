// Linux's calls for a load generator that costs less than any server: no libuv, no stream, no promise for a transfer.
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';

const koffi = createRequire(import.meta.url)('koffi');
const lib = koffi.load(null);

export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const AF_INET = 2;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const MSG_NOSIGNAL = 0x4000;
/** Of a TCP socket: bytes are counted and thrown away in the kernel, which spares the copy (tcp(7)). */
const MSG_TRUNC = 0x20;

const calls = {
  epollCreate: lib.func('int epoll_create1(int)'),
  epollCtl: lib.func('int epoll_ctl(int, int, int, void *)'),
  epollWait: lib.func('int epoll_wait(int, void *, int, int)'),
  socket: lib.func('int socket(int, int, int)'),
  setsockopt: lib.func('int setsockopt(int, int, int, const void *, uint32_t)'),
  bind: lib.func('int bind(int, const void *, uint32_t)'),
  listen: lib.func('int listen(int, int)'),
  getsockname: lib.func('int getsockname(int, void *, void *)'),
  connect: lib.func('int connect(int, const void *, uint32_t)'),
  accept4: lib.func('int accept4(int, void *, void *, int)'),
  recv: lib.func('intptr_t recv(int, void *, size_t, int)'),
  send: lib.func('intptr_t send(int, const void *, size_t, int)'),
  sendfile: lib.func('intptr_t sendfile(int, int, void *, size_t)'),
  shutdown: lib.func('int shutdown(int, int)'),
  close: lib.func('int close(int)'),
};

const EAGAIN = 11;
const EINPROGRESS = 115;

/** What there is to be had in a later turn. */
export const LATER = -1;

/** @returns the result, or LATER. @throws Error for every other failure */
function orLater(name, result) {
  if (result >= 0) return result;
  const errno = koffi.errno();
  if (errno === EAGAIN || errno === EINPROGRESS) return LATER;
  throw Object.assign(new Error(`${name}: ${getSystemErrorName(-errno)}`), {
    code: getSystemErrorName(-errno),
  });
}

const ONE = Buffer.alloc(4);
ONE[endianness() === 'LE' ? 0 : 3] = 1;

function sockaddr(address, port) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  for (const [index, part] of address.split('.').entries()) bytes.writeUInt8(Number(part), 4 + index);
  return bytes;
}

/** Small writes go out at once: Nagle's algorithm and a delayed ACK would make 40 ms of two. */
export function noDelay(fd) {
  orLater('setsockopt', calls.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, ONE, 4));
}

/** A control connection under way: it is up when it is writable. */
export function connectTo(address, port, localAddress) {
  const fd = orLater('socket', calls.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0));
  noDelay(fd);
  if (localAddress !== undefined) orLater('bind', calls.bind(fd, sockaddr(localAddress, 0), 16));
  orLater('connect', calls.connect(fd, sockaddr(address, port), 16));
  return fd;
}

/** @returns the descriptor and the port, a free one for 0 */
export function listenAt(address, port = 0) {
  const fd = orLater('socket', calls.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0));
  orLater('bind', calls.bind(fd, sockaddr(address, port), 16));
  orLater('listen', calls.listen(fd, 1024));
  const own = Buffer.alloc(16);
  const length = Buffer.from(Uint32Array.of(16).buffer);
  orLater('getsockname', calls.getsockname(fd, own, length));
  return { fd, port: own.readUInt16BE(2) };
}

export const accept = (fd) => orLater('accept', calls.accept4(fd, null, null, SOCK_NONBLOCK_CLOEXEC));
/** At most `buffer`'s length; 0 behind the peer's FIN. */
export const receive = (fd, buffer) => orLater('recv', calls.recv(fd, buffer, buffer.length, 0));
/** At most `bytes`, which nobody sees. */
export const discard = (fd, bytes) => orLater('recv', calls.recv(fd, null, bytes, MSG_TRUNC));
export const send = (fd, buffer) => orLater('send', calls.send(fd, buffer, buffer.length, MSG_NOSIGNAL));
/** From `offset` (8 bytes, which it moves on) of a file that is in memory. */
export const sendFile = (fd, file, offset, bytes) =>
  orLater('sendfile', calls.sendfile(fd, file, offset, bytes));
export const endWriting = (fd) => calls.shutdown(fd, 1);
export const close = (fd) => calls.close(fd);

/** struct epoll_event is packed on x86-64 alone. */
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16;
const DATA_AT = process.arch === 'x64' ? 4 : 8;
const MOST_EVENTS = 256;

/** Calls whoever watches a descriptor with the events that it has. */
export class Epoll {
  #fd = orLater('epoll_create', calls.epollCreate(0));
  #events = Buffer.alloc(EVENT_BYTES * MOST_EVENTS);
  #event = Buffer.alloc(EVENT_BYTES);
  #handlers = [];

  /** Until the descriptor is closed. */
  watch(fd, events, handler) {
    this.#handlers[fd] = handler;
    this.#control(EPOLL_CTL_ADD, fd, events);
  }

  change(fd, events) {
    this.#control(EPOLL_CTL_MOD, fd, events);
  }

  #control(operation, fd, events) {
    this.#event.writeUInt32LE(events, 0);
    this.#event.writeInt32LE(fd, DATA_AT);
    orLater('epoll_ctl', calls.epollCtl(this.#fd, operation, fd, this.#event));
  }

  /** One turn, of at most `waitMs`. */
  turn(waitMs) {
    const count = orLater('epoll_wait', calls.epollWait(this.#fd, this.#events, MOST_EVENTS, waitMs));
    for (let at = 0; at < count * EVENT_BYTES; at += EVENT_BYTES) {
      this.#handlers[this.#events.readInt32LE(at + DATA_AT)]?.(this.#events.readUInt32LE(at));
    }
  }

  close() {
    calls.close(this.#fd);
  }
}
