// The bytes of one transfer on its data connection, in and out.
import type { Socket } from 'node:net';
import type { Digest } from '../digest.ts';

export interface MovementEvents {
  /** Some bytes have moved. */
  readonly onProgress: () => void;
  /** All have: the server's FIN was read, or ours is sent. */
  readonly onMoved: () => void;
}

/** Bytes of one write. */
const CHUNK_BYTES = 64 * 1024;

/** Reads to the end. */
export function receive(socket: Socket, digest: Digest, { onProgress, onMoved }: MovementEvents): void {
  socket.on('data', (chunk: Buffer) => {
    digest.update(chunk);
    onProgress();
  });
  socket.on('end', onMoved);
  socket.resume();
}

/** Writes `content` and then FIN, chunk by chunk: what the socket was not given is not counted. */
export function send(socket: Socket, content: Buffer, digest: Digest, events: MovementEvents): void {
  socket.on('finish', events.onMoved);
  const next = (): void => {
    if (digest.bytes === content.length) {
      socket.end();
      return;
    }
    const chunk = content.subarray(digest.bytes, digest.bytes + CHUNK_BYTES);
    digest.update(chunk);
    socket.write(chunk, onWritten);
  };
  const onWritten = (error?: Error | null): void => {
    if (error) return; // the socket's 'error' tells
    events.onProgress();
    next();
  };
  next();
}
