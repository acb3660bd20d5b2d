// The libc calls that Node does not offer, loaded on first use: everything else in port20 works without them.
import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import { Port20Error } from '../errors.ts';
import { type SocketConstants, socketConstants } from './constants.ts';

/** Each call returns -1 on failure; read `errno()` at once, before anything else can run. */
export interface Libc {
  readonly constants: SocketConstants;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Buffer, length: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
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

/** @throws FfiUnavailableError */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
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

/** Loads the library anew. `PORT20_NO_FFI=1` makes a platform without FFI of any machine, for tests and trials. */
function load(): Libc {
  const constants = socketConstants();
  if (constants === undefined) throw new FfiUnavailableError(`no socket constants for ${process.platform}`);
  if (process.env.PORT20_NO_FFI === '1') throw new FfiUnavailableError('PORT20_NO_FFI is set');
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    // null: the symbols of the process itself, which is linked to libc.
    const lib = koffi.load(null);
    return {
      constants,
      socket: lib.func('int socket(int, int, int)'),
      setsockopt: lib.func('int setsockopt(int, int, int, const void *, uint32_t)'),
      bind: lib.func('int bind(int, const void *, uint32_t)'),
      getsockname: lib.func('int getsockname(int, void *, void *)'),
      close: lib.func('int close(int)'),
      send: lib.func('intptr_t send(int, const void *, size_t, int)'),
      recv: lib.func('intptr_t recv(int, void *, size_t, int)'),
      errno: () => koffi.errno(),
    };
  } catch (error) {
    throw new FfiUnavailableError(`koffi does not load (${(error as Error).message})`, { cause: error });
  }
}

/** `EADDRINUSE` for 98: the only place where a number from the kernel becomes a name. */
export function errnoName(errno: number): string {
  return getSystemErrorName(-errno);
}
