// Waits until a server greets.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { systemClock } from '../clock.ts';

const TRIES = 200;
const TRY_EVERY_MS = 50;

/** Until its 220 is read (RFC 959 §5.4): each refused connection is another try, for ten seconds. @throws Error */
export async function greeted(server: Endpoint, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await greetedOnce(server, signal);
    } catch (cause) {
      signal.throwIfAborted();
      if (tries >= TRIES) throw new Error(`no greeting at ${formatEndpoint(server)}`, { cause });
    }
    await systemClock.sleep(TRY_EVERY_MS, signal);
  }
}

async function greetedOnce({ address, port }: Endpoint, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = connect({ host: address, port });
  // Not as an option of `connect`: of a connection that is refused, Node leaves its listener with the signal.
  const onAbort = () => socket.destroy();
  signal.addEventListener('abort', onAbort);
  try {
    await firstReply(socket);
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

async function firstReply(socket: Socket): Promise<void> {
  const [chunk] = await Promise.race([
    once(socket, 'data'),
    once(socket, 'close').then(() => Promise.reject(new Error('closed without a greeting'))),
  ]);
  if (!/^220/.test(String(chunk))) throw new Error(`greeted with ${String(chunk)}`);
}
