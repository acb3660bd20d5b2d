// What a client is told of a failed file operation: the system's words, without the server's own paths.
import { getSystemErrorMap } from 'node:util';

const texts = new Map([...getSystemErrorMap().values()]);

/** `no such file or directory` instead of `ENOENT: no such file or directory, stat '/srv/ftp/secret'`. */
export function fileErrorText(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_INVALID_ARG_VALUE') return 'invalid file name'; // a NUL byte in it
  if (typeof code === 'string') return texts.get(code) ?? code;
  return typeof message === 'string' && message !== '' ? message : 'file operation failed';
}
