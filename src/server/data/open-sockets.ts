// The sockets that a server still has open, so that closing the server leaves none behind.
import type { Socket } from 'node:net';

/** How long a socket that has been ended may wait for its peer before its descriptor is taken back. */
const LINGER_MS = 5000;

export class OpenSockets {
  readonly #open = new Set<Socket>();

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Destroys all of them; resolves when their descriptors are closed. */
  async destroyAll(): Promise<void> {
    await Promise.all([...this.#open].map(destroyed));
  }
}

/** Destroys a socket; resolves when its descriptor is closed. */
export function destroyed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

/** Resolves when a socket is closed by itself, or after `mostMs`. */
export function gone(socket: Socket, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    const timer = setTimeout(resolve, mostMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Ends a socket with FIN, not with a reset: what is unread is read away (a close(2) with unread bytes is a reset,
 * and a reset makes clients drop the whole session). Node destroys it once both sides have ended; a peer that never
 * ends is not waited for beyond `LINGER_MS`.
 */
export function endGently(socket: Socket): void {
  if (socket.destroyed) return;
  socket.setTimeout(0);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  if (!socket.writableEnded) socket.end();
  socket.resume();
}
