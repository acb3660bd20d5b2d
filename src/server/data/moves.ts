// The bytes of one transfer to the client: out of memory, out of a file, as they are made; and its FIN behind ours.
import type { Socket } from 'node:net';
import type { ToNetAscii } from '../../ftp/net-ascii.ts';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import { inTurn } from '../turns.ts';
import { abortedError } from './aborted.ts';
import type { DataSocket } from './data-socket.ts';
import type { Throttle } from './pace.ts';

const CHUNK_BYTES = 256 * 1024;

/** A fraction of a millisecond of copying. */
const MOST_DIRECT_BYTES = 1024 * 1024;

/** The one write that waits for a full socket, and tells by its end that there is room again. */
const WRITABLE_BYTES = 4096;

/** A transfer whose length was told, or read from SIZE, must not end as a whole one when the file has become shorter. */
class FileShrank extends LocalFileError {
  override readonly code = 'ESHRUNK';
  constructor() {
    super(new Error('the file has become shorter'));
  }
}

/**
 * Sends `content` and our FIN behind it; resolves when both were given to the kernel. The client's FIN is not waited
 * for: it ends the file by our closing, and it may keep its own side open as long as it likes.
 */
export function sendAll(socket: Socket, content: Buffer, signal: AbortSignal): Promise<void> {
  return handedOver(socket, signal, (done) => socket.end(content, done));
}

/** The same, piece by piece, each in its time. */
export async function sendPaced(
  socket: Socket,
  content: Buffer,
  signal: AbortSignal,
  throttle: Throttle,
): Promise<void> {
  for (let at = 0; at < content.length; ) {
    const piece = content.subarray(at, at + throttle.pieceBytes);
    await throttle.take(piece.length);
    await handedOver(socket, signal, (done) => socket.write(piece, done));
    at += piece.length;
  }
  return sendAll(socket, NOTHING, signal);
}

export interface FileSource {
  readonly file: OpenFile;
  /** Where on disk it begins. */
  readonly position: number;
  /** For TYPE A. */
  readonly encoder: ToNetAscii | undefined;
}

/**
 * The same for a file: by the kernel's own copy while it can, else one chunk is read when the one before was taken.
 * @throws LocalFileError, also for a file that ends before the size it had when it was opened
 */
export async function sendFile(
  data: DataSocket,
  source: FileSource,
  signal: AbortSignal,
  throttle: Throttle | undefined,
): Promise<void> {
  const { file, encoder } = source;
  const { socket } = data;
  const plain = encoder === undefined && throttle === undefined;
  let { position } = source;
  let buffer = NOTHING;
  for (;;) {
    const direct = plain ? await sendDirectly(data, file, position, signal) : NOT_SENT;
    position += direct.bytes;
    // Behind the end that the file had there is nothing, as a rule: no large buffer to learn that.
    const little = direct.full || position >= file.sizeBytes;
    const wanted = little ? WRITABLE_BYTES : (throttle?.pieceBytes ?? CHUNK_BYTES);
    if (buffer.length < wanted) buffer = Buffer.allocUnsafeSlow(wanted);
    const bytes = await file.readSoon(buffer.subarray(0, wanted), position);
    if (bytes === 0 && position < file.sizeBytes) throw new FileShrank();
    if (bytes === 0) return sendAll(socket, NOTHING, signal);
    position += bytes;
    const chunk = buffer.subarray(0, bytes);
    const sent = encoder === undefined ? chunk : encoder.push(chunk);
    await throttle?.take(sent.length);
    await handedOver(socket, signal, (done) => socket.write(sent, done));
  }
}

interface SentDirectly {
  readonly bytes: number;
  /** The socket takes no more; else the file ends here, or must be read. */
  readonly full: boolean;
}
const NOT_SENT: SentDirectly = { bytes: 0, full: false };

/** Some at a time, for others wait for their turn. */
async function sendDirectly(
  data: DataSocket,
  file: OpenFile,
  position: number,
  signal: AbortSignal,
): Promise<SentDirectly> {
  for (let bytes = 0; ; ) {
    if (signal.aborted) throw abortedError();
    const sent = await inTurn(() => data.sendFrom(file, position + bytes, MOST_DIRECT_BYTES));
    if (typeof sent !== 'number' || sent === 0) return { bytes, full: sent === 'full' };
    bytes += sent;
    if (sent < MOST_DIRECT_BYTES) return { bytes, full: position + bytes < file.sizeBytes };
  }
}

const NOTHING = Buffer.alloc(0);

export interface Slice {
  readonly content: Buffer;
  readonly more: boolean;
}

/** The same for what is made in slices: one in each turn of this session, when the one before was taken by the kernel. */
export async function sendSlices(socket: Socket, next: () => Slice, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { content, more } = await inTurn(next);
    if (!more) return sendAll(socket, content, signal);
    await handedOver(socket, signal, (done) => socket.write(content, done));
  }
}

type Done = (error?: Error | null) => void;

function handedOver(socket: Socket, signal: AbortSignal, give: (done: Done) => void): Promise<void> {
  if (signal.aborted) return Promise.reject(abortedError());
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedError());
    signal.addEventListener('abort', onAbort, { once: true });
    give((error) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(socket.errored ?? error);
      else resolve();
    });
  });
}

/**
 * Resolves with the client's FIN behind ours, or after `limitMs` without it. What the client sends is read away.
 * @throws what ended the connection instead: a reset says that the client did not take everything
 */
export function finOfClient(socket: Socket, limitMs: number, signal: AbortSignal): Promise<void> {
  if (socket.readableEnded) return Promise.resolve();
  if (signal.aborted) return Promise.reject(abortedError());
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      clearTimeout(timer);
      socket.off('end', onEnd).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    const onEnd = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onAbort = () => settle(() => reject(abortedError()));
    const timer = setTimeout(onEnd, limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('end', onEnd).once('error', onError).resume();
  });
}
