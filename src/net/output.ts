// A descriptor that is written to and never waited for: what its reader does not take now is refused.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { errorCodeOf } from '../errors.ts';
import { SystemCallError } from './descriptor.ts';
import { ffiAvailable, type Libc, libc } from './libc.ts';

export interface Output {
  /** The file, pipe or terminal that it writes, by what no other one has now. */
  readonly place: string;
  /** How many of the bytes were taken; 0 while there is no room. @throws an error with `code` */
  write(bytes: Buffer): number;
  close(): void;
}

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
/** asm-generic/socket.h and most others on Linux. */
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const NEW_FILE_MODE = 0o640;

/** Appends to a file, each write in one piece, so that processes can share it; or writes to a pipe that is read. @throws an error with `code` */
export function openFileOutput(path: string): Output {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY, NEW_FILE_MODE);
  return written(fd, () => closeSync(fd));
}

/** Over a descriptor that stays its owner's, such as standard error, whatever it is. */
export function descriptorOutput(fd: number): Output {
  const stats = fstatSync(fd);
  if (stats.isSocket() && process.platform === 'linux' && ffiAvailable()) return sent(fd, libc());
  const own = stats.isFIFO() || stats.isCharacterDevice() ? openedAgain(fd) : undefined;
  return own === undefined ? written(fd, () => {}) : written(own, () => closeSync(own));
}

/**
 * O_NONBLOCK belongs to what was opened, which is shared with the shell and whoever else has inherited it; so a pipe or
 * a terminal is opened anew. Undefined where that cannot be: then a write waits for its reader.
 */
function openedAgain(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined; // no /proc, or somebody else's terminal
  }
}

function written(fd: number, close: () => void): Output {
  const write = (bytes: Buffer) => {
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      if (errorCodeOf(error) === 'EAGAIN') return 0;
      throw error;
    }
  };
  return { place: placeOf(fd), write, close };
}

/** A socket cannot be opened again (ENXIO); send(2) does not wait when it is told so for this call alone. */
function sent(fd: number, calls: Libc): Output {
  const write = (bytes: Buffer) => {
    const taken = calls.send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken !== -1) return taken;
    const failure = new SystemCallError('send', calls.errno());
    if (failure.code === 'EAGAIN') return 0;
    throw failure;
  };
  return { place: placeOf(fd), write, close() {} };
}

function placeOf(fd: number): string {
  const { dev, ino } = fstatSync(fd);
  return `${dev} ${ino}`;
}
