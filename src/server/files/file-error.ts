// What a client is told of a failed file operation: whether to try again, and the system's words without our own paths.
import { getSystemErrorMap } from 'node:util';
import { errorCodeOf } from '../../errors.ts';

const texts = new Map([...getSystemErrorMap().values()]);

/** `no such file or directory` instead of `ENOENT: no such file or directory, stat '/srv/ftp/secret'`. */
export function fileErrorText(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_INVALID_ARG_VALUE') return 'invalid file name'; // a NUL byte in it
  if (typeof code === 'string') return texts.get(code) ?? code;
  return typeof message === 'string' && message !== '' ? message : 'file operation failed';
}

const NO_SPACE = 'ENOSPC';
/** Of the server's own quotas, and of the system's. */
const NO_ALLOCATION = 'EDQUOT';
/** EAGAIN: folders were renamed so fast that a path with `..` in a link could not be followed safely. */
const FOR_THE_PRESENT = ['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'EAGAIN'];

/**
 * RFC 959 §4.2: 4yz where the same command may succeed later, 552 where the user has all that it may, 550 where the file
 * itself is the reason.
 */
export function fileErrorReplyCode(error: unknown): 451 | 452 | 550 | 552 {
  const errorCode = errorCodeOf(error);
  if (errorCode === NO_SPACE) return 452;
  if (errorCode === NO_ALLOCATION) return 552;
  return FOR_THE_PRESENT.includes(errorCode) ? 451 : 550;
}
