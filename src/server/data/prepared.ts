// Transfers that are ready except for their data connection: the file is open, so a 550 costs no data port.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { formatList, formatMlsd, formatNames, type ListEntry, listingPath } from '../../ftp/listing.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import type { OpenFile } from '../files/open-file.ts';
import { receiveFile, sendAll, sendFile } from './moves.ts';

export interface Prepared {
  /** What the 150 says. */
  readonly text: string;
  /** Moves the bytes; a transfer from the server ends with its FIN, one to the server with the client's. */
  move(socket: Socket, signal: AbortSignal): Promise<void>;
  /** Called once, in the end. `connected` tells whether there was a data connection. @throws LocalFileError */
  release(connected: boolean): void | Promise<void>;
}

/** Up to this size a file is read before the data connection is made, and sent in one piece. */
const SMALL_BYTES = 64 * 1024;

export async function prepareRetr(
  files: SessionFileSystem,
  path: string,
  startBytes: number,
): Promise<Prepared> {
  const file = await files.openForReading(path);
  const text = `Sending ${path} (${Math.max(file.sizeBytes - startBytes, 0)} bytes).`;
  if (file.sizeBytes - startBytes > SMALL_BYTES) {
    const move = (socket: Socket, signal: AbortSignal) => sendFile(socket, file, startBytes, signal);
    return { text, move, release: () => file.closeNow() };
  }
  return { ...sending(await contentOf(file, startBytes)), text };
}

async function contentOf(file: OpenFile, startBytes: number): Promise<Buffer> {
  try {
    const content = Buffer.allocUnsafe(Math.max(file.sizeBytes - startBytes, 0));
    let bytes = 0;
    while (bytes < content.length) {
      const more = await file.read(content.subarray(bytes), startBytes + bytes);
      if (more === 0) break; // it has become shorter
      bytes += more;
    }
    return content.subarray(0, bytes);
  } finally {
    file.closeNow();
  }
}

/** STOR. RFC 959 §4.1.3: it replaces the content, but with REST it overwrites from there on and cuts nothing off. */
export async function prepareStor(
  files: SessionFileSystem,
  path: string,
  startBytes: number,
): Promise<Prepared> {
  const file = await files.openForWriting(path);
  return receiving(file, `Receiving ${path}.`, startBytes, startBytes === 0);
}

export async function prepareAppe(files: SessionFileSystem, path: string): Promise<Prepared> {
  const file = await files.openForWriting(path, { append: true });
  return receiving(file, `Appending to ${path}.`, file.sizeBytes, false);
}

/** STOU: a new name in the current folder. RFC 1123 §4.1.2.9: the client learns it from `150 FILE: name`. */
export async function prepareStou(files: SessionFileSystem): Promise<Prepared> {
  const name = randomUUID();
  const file = await files.openForWriting(name, { exclusive: true });
  return receiving(file, `FILE: ${name}`, 0, false);
}

/** The old content goes only once there is a data connection: a bind that failed must not cost a file. */
function receiving(file: OpenFile, text: string, startBytes: number, replace: boolean): Prepared {
  return {
    text,
    async move(socket, signal) {
      if (replace && file.sizeBytes > 0) await file.truncate();
      await receiveFile(socket, file, startBytes, signal);
    },
    async release(connected) {
      await file.close();
      if (!connected && file.created) await file.remove();
    },
  };
}

export async function prepareList(
  files: SessionFileSystem,
  argument: string,
  nowMs: number,
): Promise<Prepared> {
  return sendingText(formatList(await files.entries(listingPath(argument)), nowMs));
}

export async function prepareNlst(files: SessionFileSystem, argument: string): Promise<Prepared> {
  const path = listingPath(argument);
  const entries = await files.entries(path);
  return sendingText(formatNames(entries, await folderOf(files, path)));
}

/** What stands before each name: the folder as the client wrote it; for a file, what comes before its own name. */
async function folderOf(files: SessionFileSystem, path: string): Promise<string> {
  if (path === '') return '';
  const { type }: ListEntry = await files.entry(path);
  return type === 'directory' ? path : path.slice(0, path.lastIndexOf('/') + 1);
}

export async function prepareMlsd(files: SessionFileSystem, path: string): Promise<Prepared> {
  return sendingText(formatMlsd(await files.entries(path)));
}

function sendingText(listing: string): Prepared {
  return sending(Buffer.from(listing, 'utf8'));
}

function sending(content: Buffer): Prepared {
  return {
    text: 'Here comes the directory listing.',
    move: (socket, signal) => sendAll(socket, content, signal),
    release() {},
  };
}
