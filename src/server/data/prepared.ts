// Transfers that are ready except for their data connection: the file is open, so a 550 costs no data port.
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type Fact, formatFacts } from '../../ftp/facts.ts';
import { formatListLine, formatName } from '../../ftp/listing.ts';
import { FromNetAscii, ToNetAscii } from '../../ftp/net-ascii.ts';
import type { TransferType } from '../../ftp/parameters.ts';
import type { UploadChange } from '../files/change-record.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import type { Listing } from '../files/listing.ts';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import type { Upload } from '../files/upload.ts';
import { beyondTheEnd, Refusal } from '../refusal.ts';
import { asciiPosition } from './ascii-position.ts';
import type { DataSocket } from './data-socket.ts';
import { listed, nothingFound } from './listed.ts';
import { type Slice, sendAll, sendFile, sendPaced, sendSlices } from './moves.ts';
import type { Throttle } from './pace.ts';
import { receiveFile } from './receive.ts';

export interface Prepared {
  /** What the 150 says. */
  readonly text: string;
  /** What the 226 says besides. */
  readonly doneText?: string;
  /** From the server to the client. */
  readonly sends: boolean;
  /** From the root: a byte string. Of a listing, the folder, file or pattern that was asked for. */
  readonly path: string;
  /** What a completed upload made of its file. */
  change?(): UploadChange | undefined;
  /** Moves the bytes; a transfer from the server ends with its FIN, one to the server with the client's. */
  move(data: DataSocket, signal: AbortSignal, throttle: Throttle | undefined): Promise<void>;
  /** Whether all of it is handed to the kernel in one call, as a rule: then 150 and 226 can share a packet. */
  readonly inOneGo?: boolean;
  /** Called once, in the end. */
  release(): void | Promise<void>;
}

/** How the session wants the content of a file. */
export interface Representation {
  readonly type: TransferType;
  /** Where REST asked to start, on the wire. */
  readonly startBytes: number;
}

/** Up to this size a file is read before the data connection is made, and sent in one piece. */
const SMALL_BYTES = 64 * 1024;

/** @throws Refusal 554 for a start beyond the end (RFC 3659 §5.4) */
export async function prepareRetr(
  files: SessionFileSystem,
  path: string,
  representation: Representation,
): Promise<Prepared> {
  const file = await files.openForReading(path);
  try {
    return await readyToSend(file, path, files.absolute(path), representation);
  } catch (error) {
    file.closeNow();
    throw error;
  }
}

/** Owns `file` once it resolves. */
async function readyToSend(
  file: OpenFile,
  asked: string,
  path: string,
  { type, startBytes }: Representation,
): Promise<Prepared> {
  const { position, encoder } =
    type === 'ascii' ? await asciiStart(file, startBytes) : imageStart(file, startBytes);
  const bytes = file.sizeBytes - position;
  if (bytes > SMALL_BYTES) {
    return {
      text: fileText(asked, encoder ? undefined : bytes),
      sends: true,
      path,
      move: (data, signal, throttle) => sendFile(data, { file, position, encoder }, signal, throttle),
      // By the pool: if the file has lost its name meanwhile, its blocks are given back now.
      release: () => file.close().catch(() => {}),
    };
  }
  const content = await contentOf(file, position);
  file.closeNow();
  const sent = encoder === undefined ? content : encoder.push(content);
  return {
    text: fileText(asked, sent.length),
    sends: true,
    path,
    inOneGo: sent.length > 0, // of nothing, an event-driven client may have seen the end before it hears of the begin
    move: ({ socket }, signal, throttle) =>
      throttle === undefined ? sendAll(socket, sent, signal) : sendPaced(socket, sent, signal, throttle),
    release() {},
  };
}

/** BSD's words, in which clients look for the size; in TYPE A nobody knows it before it is sent. */
function fileText(path: string, bytes: number | undefined): string {
  return bytes === undefined ? `Sending ${path} as ASCII.` : `Sending ${path} (${bytes} bytes).`;
}

interface Start {
  /** On disk. */
  readonly position: number;
  readonly encoder: ToNetAscii | undefined;
}

function imageStart({ sizeBytes }: OpenFile, startBytes: number): Start {
  if (startBytes > sizeBytes) throw beyondTheEnd(startBytes, sizeBytes);
  return { position: startBytes, encoder: undefined };
}

async function asciiStart(file: OpenFile, startBytes: number): Promise<Start> {
  if (startBytes === 0) return { position: 0, encoder: new ToNetAscii() };
  const { diskBytes, last } = await asciiPosition(file, startBytes);
  return { position: diskBytes, encoder: new ToNetAscii(last) };
}

async function contentOf(file: OpenFile, position: number): Promise<Buffer> {
  const content = Buffer.allocUnsafe(file.sizeBytes - position);
  let bytes = 0;
  while (bytes < content.length) {
    const more = await file.readSoon(content.subarray(bytes), position + bytes);
    if (more === 0) break; // it has become shorter, and nothing was told of its length yet
    bytes += more;
  }
  return content.subarray(0, bytes);
}

/** STOR, in TYPE A from where on disk the wire's `startBytes` is. @throws Refusal 554 for a start beyond the end */
export async function prepareStor(
  files: SessionFileSystem,
  path: string,
  { type, startBytes }: Representation,
): Promise<Prepared> {
  const start = type === 'ascii' ? () => asciiStoreStart(files, path, startBytes) : startBytes;
  const upload = await files.storing(path, start);
  return { ...receiving(upload, type, `Receiving ${path}.`), path: files.absolute(path) };
}

/** A file that is not there has no byte to start behind. */
async function asciiStoreStart(files: SessionFileSystem, path: string, startBytes: number): Promise<number> {
  if (startBytes === 0) return 0;
  const file = await files.openToGoOn(path);
  if (file === undefined) throw beyondTheEnd(startBytes, 0);
  try {
    return (await asciiPosition(file, startBytes)).diskBytes;
  } finally {
    file.closeNow();
  }
}

export async function prepareAppe(
  files: SessionFileSystem,
  path: string,
  { type }: Representation,
): Promise<Prepared> {
  const upload = await files.appending(path);
  return { ...receiving(upload, type, `Appending to ${path}.`), path: files.absolute(path) };
}

/** STOU: a new name in the current folder. RFC 1123 §4.1.2.9: the client learns it from `150 FILE: name`. */
export async function prepareStou(files: SessionFileSystem, { type }: Representation): Promise<Prepared> {
  const name = randomUUID();
  const ready = receiving(await files.storingNew(name), type, `FILE: ${name}`);
  return { ...ready, doneText: `Unique file name: ${name}`, path: files.absolute(name) };
}

function receiving(upload: Upload, type: TransferType, text: string): Omit<Prepared, 'path'> {
  const decoder = type === 'ascii' ? new FromNetAscii() : undefined;
  let change: UploadChange | undefined;
  const { file, startBytes: position } = upload;
  return {
    text,
    sends: false,
    async move(data, signal, throttle) {
      await receiveFile(data, { file, position, decoder }, signal, throttle);
      await seen();
      change = await upload.finish(signal);
    },
    change: () => change,
    release: () => upload.release(),
  };
}

/**
 * An ABOR, or the end of the control connection, that came before the end of the data may still be unread: what the kernel
 * had by then the event loop has told of behind two of its turns.
 */
async function seen(): Promise<void> {
  await turn();
  await turn();
}

export async function prepareList(
  files: SessionFileSystem,
  argument: string,
  nowMs: number,
): Promise<Prepared> {
  const found = await listed(files, argument);
  const listing = found.kind === 'found' ? found.listing : await files.listing(found.path);
  const lineOf = (name: string) => {
    const facts = listing.facts(name);
    return facts && formatListLine(name, facts, nowMs);
  };
  const lines =
    found.kind === 'found' ? await sendingFound(files, listing, lineOf) : sendingLines(listing, lineOf);
  return { ...lines, path: files.absolute(found.path) };
}

export async function prepareNlst(files: SessionFileSystem, argument: string): Promise<Prepared> {
  const found = await listed(files, argument);
  const { path } = found;
  const asked = files.absolute(path);
  if (found.kind === 'found') {
    return { ...(await sendingFound(files, found.listing, (name) => formatName(name, ''))), path: asked };
  }
  const listing = await files.listing(path);
  // What stands before each name: the folder as the client wrote it; for a file, what comes before its own name.
  const folder = listing.ofFolder ? path : path.slice(0, path.lastIndexOf('/') + 1);
  return { ...sendingLines(listing, (name) => formatName(name, folder)), path: asked };
}

/** RFC 3659 §7.2: of a file it is 501, as MLST is there for that. */
export async function prepareMlsd(
  files: SessionFileSystem,
  path: string,
  facts: readonly Fact[],
): Promise<Prepared> {
  const listing = await files.listing(path);
  if (!listing.ofFolder) {
    listing.close();
    throw new Refusal(501, 'Not a directory: use MLST.');
  }
  const lines = sendingLines(listing, (name) => {
    const found = listing.facts(name);
    return found && formatFacts({ name, ...found }, facts);
  });
  return { ...lines, path: files.absolute(path) };
}

const LISTING_TEXT = 'Here comes the directory listing.';

type SentListing = Omit<Prepared, 'path'>;

/** Of a name, without its CRLF; undefined for what is gone since. */
type LineOf = (name: string) => string | undefined;

function sendingLines(listing: Listing, lineOf: LineOf): SentListing {
  return sendingSliced(listing, () => nextSlice(listing, lineOf));
}

/** What a pattern finds. That it is anything at all is known before there is a data connection. @throws Refusal 550 */
async function sendingFound(
  files: SessionFileSystem,
  listing: Listing,
  lineOf: LineOf,
): Promise<SentListing> {
  let first: Slice | undefined;
  try {
    do first = await files.inTurn(() => nextSlice(listing, lineOf));
    while (first.content.length === 0 && first.more);
    if (first.content.length === 0) throw nothingFound();
  } catch (error) {
    listing.close();
    throw error;
  }
  return sendingSliced(listing, () => {
    const slice = first ?? nextSlice(listing, lineOf);
    first = undefined;
    return slice;
  });
}

function nextSlice(listing: Listing, lineOf: LineOf): Slice {
  let lines = '';
  const more = listing.slice((name) => {
    const line = lineOf(name);
    if (line !== undefined) lines += `${line}\r\n`;
  });
  return { content: Buffer.from(lines, 'latin1'), more };
}

function sendingSliced(listing: Listing, next: () => Slice): SentListing {
  return {
    text: LISTING_TEXT,
    sends: true,
    move: ({ socket }, signal) => sendSlices(socket, () => readingDisk(next), signal),
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
