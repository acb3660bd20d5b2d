// Below a net.Socket: the one place that looks under Node's own handle, for its descriptor and for who reads it.
import type { Socket } from 'node:net';

interface Handle {
  readonly fd?: number;
  /** net.js keeps it, and starts what it says is not started. */
  reading?: boolean;
  readStart?(): number;
  readStop?(): number;
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as { _handle?: Handle | null })._handle;
}

/** -1 for a socket that has none: not connected yet, or closed. */
export function descriptorOf(socket: Socket): number {
  return handleOf(socket)?.fd ?? -1;
}

/** Node's own pause() reads on until its buffer is full. Nothing is told of a peer's end or reset meanwhile. */
export function stopReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (!handle?.reading || handle.readStop === undefined) return;
  handle.reading = false;
  handle.readStop();
}

/** Node reads again, and tells what it reads. */
export function startReading(socket: Socket): void {
  const handle = handleOf(socket);
  // It takes a read of its own for one that still runs, and would start none.
  if (handle?.reading === false && handle.readStart !== undefined) {
    handle.reading = true;
    handle.readStart();
  }
  socket.resume();
}
