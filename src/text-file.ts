// A file that a user names, of text or of bytes: read whole, unless it is more than any such file ever is.
import { open } from 'node:fs/promises';
import { errorCodeOf, UsageError } from './errors.ts';
import { quoted } from './quoted.ts';

export interface TextFile {
  /** What it is, as a message begins: `plan`, `result`, `password file`. */
  readonly what: string;
  readonly mostBytes: number;
}

const CHUNK_BYTES = 64 * 1024;

/** Pipes too, such as a shell's `<(…)`. @throws UsageError that names the file, for one that is no text as well */
export async function readTextFile(path: string | URL, file: TextFile): Promise<string> {
  const bytes = await readBytesFile(path, file);
  return textOf(bytes, () => unreadable(path, file, 'it is not text in UTF-8'));
}

/** The same of what need not be UTF-8. @throws UsageError, whose cause has the `code` of what the system refused */
export async function readBytesFile(path: string | URL, file: TextFile): Promise<Buffer> {
  const { mostBytes } = file;
  const bytes = await readUpTo(path, mostBytes).catch((cause: unknown) => {
    throw unreadable(path, file, inWords(errorCodeOf(cause)), cause);
  });
  if (bytes !== undefined) return bytes;
  throw unreadable(path, file, `it has more than the ${mostBytes} bytes that are taken`);
}

function unreadable(path: string | URL, { what }: TextFile, reason: string, cause?: unknown): UsageError {
  return new UsageError(`${what} ${quoted(path)} cannot be read: ${reason}`, { cause });
}

function inWords(errorCode: string): string {
  return errorCode === 'EISDIR' ? 'EISDIR: it is a folder' : errorCode;
}

/** Undefined for what has more. Never more of it in memory: a device has no end. */
async function readUpTo(path: string | URL, mostBytes: number): Promise<Buffer | undefined> {
  const file = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return Buffer.concat(chunks);
      total += bytesRead;
      if (total > mostBytes) return undefined;
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function textOf(bytes: Buffer, notText: () => UsageError): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notText();
  }
  if (text.includes('\0')) throw notText();
  return text;
}
