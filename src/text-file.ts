// A file of text that a user names: read whole, unless it is none, or more than any such file ever is.
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
export async function readTextFile(path: string | URL, { what, mostBytes }: TextFile): Promise<string> {
  const name = quoted(path);
  const cannot = (reason: string, cause?: unknown) =>
    new UsageError(`${what} ${name} cannot be read: ${reason}`, { cause });
  let bytes: Buffer | undefined;
  try {
    bytes = await readUpTo(path, mostBytes);
  } catch (cause) {
    throw cannot(inWords(errorCodeOf(cause)), cause);
  }
  if (bytes === undefined) throw cannot(`it has more than the ${mostBytes} bytes that are taken`);
  return textOf(bytes, () => cannot('it is not text in UTF-8'));
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
