// Moving the bytes of one transfer over a connected data socket: out of memory, out of a file, into a file.
import type { Socket } from 'node:net';
import type { FromNetAscii, ToNetAscii } from '../../ftp/net-ascii.ts';
import { endedByReset, resetError } from '../../net/reset-end.ts';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import type { WritableFile } from '../quota/upload-room.ts';
import { inTurn } from '../turns.ts';
import type { Throttle } from './pace.ts';

const CHUNK_BYTES = 256 * 1024;

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
 * The same for a file: one chunk is read when the chunk before was taken by the kernel.
 * @throws LocalFileError, also for a file that ends before the size it had when it was opened
 */
export async function sendFile(
  socket: Socket,
  source: FileSource,
  signal: AbortSignal,
  throttle: Throttle | undefined,
): Promise<void> {
  const { file, encoder } = source;
  let { position } = source;
  const buffer = Buffer.allocUnsafeSlow(throttle?.pieceBytes ?? CHUNK_BYTES);
  for (;;) {
    const bytes = await file.read(buffer, position);
    if (bytes === 0 && position < file.sizeBytes) throw new FileShrank();
    if (bytes === 0) return sendAll(socket, NOTHING, signal);
    position += bytes;
    const chunk = buffer.subarray(0, bytes);
    const sent = encoder === undefined ? chunk : encoder.push(chunk);
    await throttle?.take(sent.length);
    await handedOver(socket, signal, (done) => socket.write(sent, done));
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
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted());
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
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      clearTimeout(timer);
      socket.off('end', onEnd).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    const onEnd = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onAbort = () => settle(() => reject(aborted()));
    const timer = setTimeout(onEnd, limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('end', onEnd).once('error', onError).resume();
  });
}

export interface FileSink {
  readonly file: WritableFile;
  /** Where on disk it begins. */
  readonly position: number;
  /** For TYPE A. */
  readonly decoder: FromNetAscii | undefined;
}

/** Reads up to the client's FIN into a file; reading pauses while the disk is writing, and while its pace says so. */
export function receiveFile(
  socket: Socket,
  sink: FileSink,
  signal: AbortSignal,
  throttle: Throttle | undefined,
): Promise<void> {
  if (signal.aborted) return Promise.reject(aborted());
  const { file, decoder } = sink;
  return new Promise((resolve, reject) => {
    let { position } = sink;
    let written = Promise.resolve();
    const fail = (error: unknown) => {
      settle();
      // What is being written at this moment still goes to this descriptor, which is closed next.
      written.then(
        () => reject(error),
        () => reject(error),
      );
    };
    const write = (bytes: Buffer) => {
      const at = position;
      position += bytes.length;
      written = written.then(() => file.write(bytes, at));
    };
    const onData = (chunk: Buffer) => {
      socket.pause();
      write(decoder === undefined ? chunk : decoder.push(chunk));
      const ready = throttle === undefined ? written : written.then(() => throttle.take(chunk.length));
      ready.then(() => socket.resume(), fail);
    };
    const onEnd = () => {
      if (endedByReset(socket)) return fail(resetError());
      settle();
      if (decoder !== undefined) write(decoder.end());
      written.then(resolve, reject);
    };
    const onAbort = () => fail(aborted());
    const settle = () => {
      socket.off('data', onData).off('end', onEnd).off('error', fail);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', onData).once('end', onEnd).once('error', fail);
    socket.resume();
  });
}

function aborted(): Error {
  return Object.assign(new Error('transfer aborted'), { code: 'ABORTED' });
}
