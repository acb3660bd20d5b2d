// The primary's end of its workers' control connections: shared out evenly, and none without an answer.
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { turnAway } from '../control/listening.ts';
import type { ConnectionOffer, FromTaker } from './worker-messages.ts';

export interface ConnectionShare {
  /** A server, not listening yet, whose connections are shared out. */
  controlServer(): Server;
  /** These processes call `takeConnections` and get their share, each until it leaves or ends. */
  add(...workers: readonly ChildProcess[]): void;
  /** Refuses what no worker has taken, and all that still comes; what workers have is theirs. */
  close(): void;
}

/** What a worker has of the share. */
interface Taker {
  readonly worker: ChildProcess;
  /** Offered and not taken yet, by number. */
  readonly offered: Map<number, Socket>;
  /** Taken and not over yet. */
  sessions: number;
}

/**
 * Why the primary accepts, and not each worker: listeners in the workers lose what waits in their backlog when they die;
 * one listener that all inherit gives a burst to whoever wakes first; SO_REUSEPORT's hashing put 11 or more of 16
 * sessions on one of two workers in one start of five, and after root is given up its UID rule keeps a replacement from
 * listening. Here a connection waits where nobody dies, and the shares are even.
 * @param mostWaiting how many connections may wait while no worker is up; one more is refused with 421
 */
export function createConnectionShare(mostWaiting: number): ConnectionShare {
  const takers = new Set<Taker>();
  const waiting: Socket[] = [];
  let offers = 0;
  let closed = false;

  function place(socket: Socket): void {
    const taker = [...takers].sort(byLoad)[0];
    if (closed) turnAway(socket, 'The server is closing.');
    else if (taker !== undefined) offer(socket, taker);
    else if (waiting.length < mostWaiting) waiting.push(socket);
    else turnAway(socket, 'Too many sessions, try again later.');
  }

  function offer(socket: Socket, { worker, offered }: Taker): void {
    const id = ++offers;
    offered.set(id, socket);
    // Undocumented: with it Node keeps a list of sent sockets for each server and worker, and listeners for each list.
    (socket as { server?: unknown }).server = undefined;
    const message: ConnectionOffer = { type: 'connection', id };
    // keepOpen: until the worker says that it has the connection it is ours as well, to be offered to another. What
    // could not be sent is offered again when the worker has ended.
    worker.send(message, socket, { keepOpen: true }, () => {});
  }

  function hear(taker: Taker, message: FromTaker): void {
    if (message.type === 'over') taker.sessions--;
    else if (message.type === 'leaving') leave(taker);
    else if (message.type === 'taken') {
      taker.sessions++;
      taker.offered.get(message.id)?.destroy(); // close(2) of one copy sends nothing
      taker.offered.delete(message.id);
    }
  }

  function leave(taker: Taker): void {
    takers.delete(taker);
    const untaken = [...taker.offered.values()];
    taker.offered.clear();
    for (const socket of untaken) place(socket);
  }

  return {
    controlServer: () => createServer({ pauseOnConnect: true }, place),
    add(...workers) {
      for (const worker of workers) {
        if (!worker.connected) continue; // it has ended, and 'close' may have come
        const taker: Taker = { worker, offered: new Map(), sessions: 0 };
        takers.add(taker);
        worker.on('message', (message: FromTaker) => hear(taker, message));
        // 'close' comes when the channel has been read to its end: after the worker's last word.
        worker.once('close', () => leave(taker));
      }
      for (const socket of waiting.splice(0)) place(socket);
    },
    close() {
      closed = true;
      for (const socket of waiting.splice(0)) place(socket);
    },
  };
}

/** Who has not answered yet comes last: a worker that is busy or stopped is not given more while another is free. */
function byLoad(a: Taker, b: Taker): number {
  return a.offered.size - b.offered.size || a.sessions - b.sessions;
}
