// The bytes of an upload: from the socket up to the client's FIN into a file, one part read while the one before is written.
import type { FromNetAscii } from '../../ftp/net-ascii.ts';
import { resetError } from '../../net/reset-end.ts';
import type { WritableFile } from '../quota/upload-room.ts';
import { abortedError } from './aborted.ts';
import { BehindWriter } from './behind-writer.ts';
import type { DataSocket } from './data-socket.ts';
import { takeLargeBuffer } from './large-buffers.ts';
import type { Throttle } from './pace.ts';

export interface FileSink {
  readonly file: WritableFile;
  /** Where on disk it begins. */
  readonly position: number;
  /** For TYPE A. */
  readonly decoder: FromNetAscii | undefined;
}

/** What Node asks the kernel for at a time: when it got as much, there is more. */
const NODE_READ_BYTES = 64 * 1024;

/** Reads up to the client's FIN, or its close_notify, into a file; reading pauses when the disk is behind, and while its pace says so. */
export function receiveFile(
  data: DataSocket,
  { file, position, decoder }: FileSink,
  signal: AbortSignal,
  throttle: Throttle | undefined,
): Promise<void> {
  if (signal.aborted) return Promise.reject(abortedError());
  const { socket } = data;
  const plain = decoder === undefined && throttle === undefined;
  return new Promise((resolve, reject) => {
    let over = false;
    /** What comes faster than Node reads it is received into large buffers, one a turn; Node does not read then. */
    let inTurns = false;
    const goOn = () => {
      if (!over && !inTurns) receiveMore();
    };
    const fail = (error: unknown) => {
      if (over) return;
      settle();
      data.startReading(); // for whoever ends it gently: Node's own resume() would not begin again
      // What is being written at this moment still goes to this descriptor, which is closed next.
      writer.finished().then(
        () => reject(error),
        () => reject(error),
      );
    };
    const onRoom = throttle === undefined ? goOn : () => {}; // else its pace says when
    const writer = new BehindWriter({ file, position, onRoom, onError: fail });
    const onData = (chunk: Buffer) => {
      writer.push(decoder === undefined ? chunk : decoder.push(chunk));
      if (throttle !== undefined) return keepPace(throttle, chunk.length);
      if (writer.full) socket.pause();
      else if (chunk.length === NODE_READ_BYTES) receiveMore();
    };
    const keepPace = (pace: Throttle, bytes: number) => {
      socket.pause();
      writer
        .finished()
        .then(() => pace.take(bytes))
        .then(goOn, fail);
    };
    const receiveMore = () => {
      inTurns = plain && !over && !writer.full && receivedAny();
      if (over) return;
      if (inTurns) setImmediate(receiveMore);
      if (inTurns || writer.full) data.stopReading();
      else data.startReading(); // nothing is there now, or the client's FIN: Node waits for more, and finds that
    };
    const receivedAny = (): boolean => {
      if (socket.readableLength > 0) return false; // Node has read that, and it comes first
      const buffer = takeLargeBuffer();
      if (buffer === undefined) return false;
      let bytes = 0;
      try {
        bytes = data.receiveInto(buffer);
      } catch (error) {
        fail(error); // a reset, of which Node would not hear any more
      }
      writer.pushLarge(buffer, bytes);
      return bytes > 0;
    };
    const onEnd = () => {
      const problem = data.endProblem();
      if (problem !== undefined) return fail(problem);
      if (decoder !== undefined) writer.push(decoder.end());
      settle();
      writer.finished().then(resolve, reject);
    };
    const onAbort = () => fail(abortedError());
    const onClose = () => fail(socket.errored ?? resetError()); // with neither an end nor an error before it
    const settle = () => {
      over = true;
      socket.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // Under TLS the end of an empty file may be here already, with the last of the handshake.
    if (socket.readableEnded) return onEnd();
    if (socket.destroyed) return onClose();
    socket.on('data', onData).once('end', onEnd).once('error', fail).once('close', onClose);
    socket.resume();
  });
}
