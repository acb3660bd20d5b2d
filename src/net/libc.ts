// The libc calls that Node does not offer, loaded on first use: everything else in port20 works without them.
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type Koffi from 'koffi';
import { Port20Error } from '../errors.ts';
import { type SocketConstants, socketConstants } from './constants.ts';

/** Each call returns -1 on failure; read `errno()` at once, before anything else can run. */
export interface Libc {
  readonly constants: SocketConstants;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Buffer, length: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
  listen(fd: number, backlog: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  /** accept4(2) where there is one; elsewhere accept(2), and `flags` are lost. */
  accept(fd: number, address: null, length: null, flags: number): number;
  shutdown(fd: number, how: number): number;
  ioctl(fd: number, request: number, argument: Buffer): number;
  close(fd: number): number;
  send(fd: number, data: Buffer, length: number, flags: number): number;
  recv(fd: number, data: Buffer, length: number, flags: number): number;
  errno(): number;
}

/** This platform has no FFI: the binders that need a socket option of their own cannot work. */
export class FfiUnavailableError extends Port20Error {
  override readonly name = 'FfiUnavailableError';
  constructor(reason: string, options?: ErrorOptions) {
    super('ERR_FFI_UNAVAILABLE', `socket options cannot be set on this platform: ${reason}`, options);
  }
}

let loaded: Libc | undefined;
/** Looking again costs milliseconds where a part of it is missing. */
let missing: FfiUnavailableError | undefined;

/** @throws FfiUnavailableError */
export function libc(): Libc {
  if (missing !== undefined) throw missing;
  try {
    loaded ??= load();
    return loaded;
  } catch (error) {
    if (error instanceof FfiUnavailableError) missing = error;
    throw error;
  }
}

/** Whether the FFI is there; the reason why not is in what `libc()` throws. */
export function ffiAvailable(): boolean {
  try {
    libc();
    return true;
  } catch {
    return false;
  }
}

function load(): Libc {
  const constants = socketConstants();
  if (constants === undefined) throw new FfiUnavailableError(`no socket constants for ${process.platform}`);
  try {
    const { koffi, lib } = loadKoffi();
    return {
      constants,
      socket: lib.func('int socket(int, int, int)'),
      setsockopt: lib.func('int setsockopt(int, int, int, const void *, uint32_t)'),
      bind: lib.func('int bind(int, const void *, uint32_t)'),
      getsockname: lib.func('int getsockname(int, void *, void *)'),
      listen: lib.func('int listen(int, int)'),
      connect: lib.func('int connect(int, const void *, uint32_t)'),
      accept: loadAccept(lib, constants),
      shutdown: lib.func('int shutdown(int, int)'),
      ioctl: lib.func('int ioctl(int, unsigned long, void *)'),
      close: lib.func('int close(int)'),
      send: lib.func('intptr_t send(int, const void *, size_t, int)'),
      recv: lib.func('intptr_t recv(int, void *, size_t, int)'),
      errno: () => koffi.errno(),
    };
  } catch (error) {
    if (error instanceof FfiUnavailableError) throw error;
    throw new FfiUnavailableError(`koffi does not load (${(error as Error).message})`, { cause: error });
  }
}

/**
 * `PORT20_NO_FFI=1` makes a platform without FFI of any machine, for tests and trials.
 * @throws FfiUnavailableError, and whatever koffi throws where it does not load
 */
export function loadKoffi() {
  if (process.env.PORT20_NO_FFI === '1') throw new FfiUnavailableError('PORT20_NO_FFI is set');
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  // null: the symbols of the process itself, which is linked to libc.
  return { koffi, lib: koffi.load(null) };
}

/** accept4(2) closes the descriptor on exec in the same call; macOS has accept(2) alone. */
function loadAccept(lib: ReturnType<typeof Koffi.load>, constants: SocketConstants): Libc['accept'] {
  if (constants.SOCK_CLOEXEC !== 0) return lib.func('int accept4(int, void *, void *, int)');
  const accept = lib.func('int accept(int, void *, void *)');
  return (fd, address, length) => accept(fd, address, length);
}

/** `EADDRINUSE` for 98: the only place where a number from the kernel becomes a name. */
export function errnoName(errno: number): string {
  const name = getSystemErrorName(-errno);
  if (!name.startsWith('Unknown')) return name;
  // libuv does not know what it never returns: EINPROGRESS, which it awaits, is the one met here.
  return Object.entries(system.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
