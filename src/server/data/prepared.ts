// Transfers that are ready except for their data connection: the file is open, so a 550 costs no data port.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { formatFacts, formatListLine, formatName, listingPath } from '../../ftp/listing.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import type { Listing } from '../files/listing.ts';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import { receiveFile, sendAll, sendFile, sendSlices } from './moves.ts';

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
  const file = await files.openForReading(path, startBytes);
  const text = (bytes: number) => `Sending ${path} (${bytes} bytes).`;
  if (file.sizeBytes - startBytes > SMALL_BYTES) {
    const move = (socket: Socket, signal: AbortSignal) => sendFile(socket, file, startBytes, signal);
    return { text: text(file.sizeBytes - startBytes), move, release: () => file.closeNow() };
  }
  const content = await contentOf(file, startBytes);
  const move = (socket: Socket, signal: AbortSignal) => sendAll(socket, content, signal);
  return { text: text(content.length), move, release() {} };
}

async function contentOf(file: OpenFile, startBytes: number): Promise<Buffer> {
  try {
    const content = Buffer.allocUnsafe(file.sizeBytes - startBytes);
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
  const file = await files.openForWriting(path, { startBytes });
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
  const listing = await files.listing(listingPath(argument));
  return sendingLines(listing, (name) => {
    const facts = listing.facts(name);
    return facts && formatListLine({ name, ...facts }, nowMs);
  });
}

export async function prepareNlst(files: SessionFileSystem, argument: string): Promise<Prepared> {
  const path = listingPath(argument);
  const listing = await files.listing(path);
  // What stands before each name: the folder as the client wrote it; for a file, what comes before its own name.
  const folder = listing.ofFolder ? path : path.slice(0, path.lastIndexOf('/') + 1);
  return sendingLines(listing, (name) => formatName(name, folder));
}

export async function prepareMlsd(files: SessionFileSystem, path: string): Promise<Prepared> {
  const listing = await files.listing(path);
  return sendingLines(listing, (name) => {
    const facts = listing.facts(name);
    return facts && formatFacts({ name, ...facts });
  });
}

/** @param lineOf a name, without its CRLF; undefined for what is gone since */
function sendingLines(listing: Listing, lineOf: (name: string) => string | undefined): Prepared {
  const nextSlice = () => {
    let lines = '';
    const more = listing.slice((name) => {
      const line = lineOf(name);
      if (line !== undefined) lines += `${line}\r\n`;
    });
    return { content: Buffer.from(lines, 'latin1'), more };
  };
  return {
    text: 'Here comes the directory listing.',
    move: (socket, signal) => sendSlices(socket, () => readingDisk(nextSlice), signal),
    release: () => listing.close(),
  };
}

function readingDisk<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LocalFileError(error);
  }
}
