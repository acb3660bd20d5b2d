// A worker's end of the connections that its primary accepts: takes each, says so, and hands it to the server.
import type { Socket } from 'node:net';
import type { ConnectionOffer, FromTaker, Ping } from './worker-messages.ts';

/**
 * From now on every control connection that the parent process offers goes to `accept`, which owns it. Needs the
 * channel of child_process.fork. @returns how to leave: what is offered after it goes to another worker
 */
export function takeConnections(accept: (socket: Socket) => void): () => void {
  let leaving = false;
  process.on('message', (message: ConnectionOffer | Ping, socket?: Socket) => {
    if (message.type === 'ping') tellPrimary({ type: 'pong' });
    if (message.type !== 'connection') return;
    const { id } = message;
    if (leaving) return void socket?.destroy(); // a copy: the primary has it still
    if (socket === undefined) {
      // The client was gone before its descriptor arrived; the primary counts it until it hears of it.
      tellPrimary({ type: 'taken', id });
      return tellPrimary({ type: 'over', id });
    }
    socket.pause(); // nothing is read before the server listens to it
    socket.once('close', () => tellPrimary({ type: 'over', id }));
    // First said, then served: were it the other way round and this process died in between, another worker would
    // greet the client once more.
    tellPrimary({ type: 'taken', id }, () => accept(socket));
  });
  return () => {
    leaving = true;
    tellPrimary({ type: 'leaving' });
  };
}

function tellPrimary(message: FromTaker, told = () => {}): void {
  if (process.connected) process.send?.(message, undefined, {}, told);
  else told();
}
