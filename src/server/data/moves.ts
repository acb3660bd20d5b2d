// Moving the bytes of one transfer over a connected data socket: out of memory, out of a file, into a file.
import type { Socket } from 'node:net';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import { inTurn } from '../turns.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Sends `content` and our FIN behind it; resolves when both were given to the kernel. The client's FIN is not waited
 * for: it ends the file by our closing, and it may keep its own side open as long as it likes.
 */
export function sendAll(socket: Socket, content: Buffer, signal: AbortSignal): Promise<void> {
  return handedOver(socket, signal, (done) => socket.end(content, done));
}

/**
 * The same for a file from `position` on: one chunk is read when the chunk before was taken by the kernel. A file that is
 * cut short meanwhile has not been sent, whatever the client makes of the end. @throws LocalFileError
 */
export async function sendFile(
  socket: Socket,
  file: OpenFile,
  position: number,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const bytes = await file.read(buffer, position);
    if (bytes === 0 && position < file.sizeBytes)
      throw new LocalFileError(new Error('the file became shorter'));
    if (bytes === 0) return sendAll(socket, NOTHING, signal);
    position += bytes;
    await handedOver(socket, signal, (done) => socket.write(buffer.subarray(0, bytes), done));
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

/** Reads up to the client's FIN into a file, from `position` on; reading pauses while the disk is writing. */
export function receiveFile(
  socket: Socket,
  file: OpenFile,
  position: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    let written = Promise.resolve();
    const fail = (error: unknown) => {
      settle();
      // What is being written at this moment still goes to this descriptor, which is closed next.
      written.then(
        () => reject(error),
        () => reject(error),
      );
    };
    const onData = (chunk: Buffer) => {
      socket.pause();
      const at = position;
      position += chunk.length;
      written = written.then(() => file.write(chunk, at));
      written.then(() => socket.resume(), fail);
    };
    const onEnd = () => {
      settle();
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
