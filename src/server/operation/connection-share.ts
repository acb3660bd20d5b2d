// The primary's end of its workers' control connections: shared out evenly, and none without an answer.
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { Admission, type SessionLimits } from '../control/admission.ts';
import { turnAway } from '../control/listening.ts';
import type { ConnectionOffer, FromTaker, Ping } from './worker-messages.ts';

export interface ConnectionShare {
  /** A server, not listening yet, whose connections are shared out; one for each address. */
  controlServer(): Server;
  /** These processes call `takeConnections` and get their share, each until it leaves or ends. */
  add(...workers: readonly ChildProcess[]): void;
  /** From now on these count; nobody who is there is sent away. */
  limit(limits: SessionLimits): void;
  /** Refuses what no worker has taken, and all that still comes; what workers have is theirs. */
  close(): void;
}

interface Connection {
  readonly socket: Socket;
  /** Takes it from the counts: when it is refused, or over, or its worker is gone. */
  readonly uncount: () => void;
}

/** What a worker has of the share. */
interface Taker {
  readonly worker: ChildProcess;
  /** Offered and not taken yet, by number. */
  readonly offered: Map<number, Connection>;
  /** Taken and not over yet, by number. */
  readonly sessions: Map<number, Connection['uncount']>;
  /** A ping is on its way to it, or back. */
  asked: boolean;
  /** It let a whole period pass without an answer: what it is offered now would wait. */
  silent: boolean;
}

/** One message each way in this time costs nothing; a worker that is stopped, or hangs, is known after two of them at most. */
const PING_EVERY_MS = 1000;

/**
 * Why the primary accepts, and not each worker: listeners in the workers lose what waits in their backlog when they die;
 * one listener that all inherit gives a burst to whoever wakes first; SO_REUSEPORT's hashing put 11 or more of 16
 * sessions on one of two workers in one start of five, and after root is given up its UID rule keeps a replacement from
 * listening. Here a connection waits where nobody dies, the shares are even, and all of an address can be counted.
 * @param pingEveryMs how often each is asked whether it is there
 * @param limits over all workers, and those that wait while none is up; one more is refused with 421
 */
export function createConnectionShare(limits: SessionLimits, pingEveryMs = PING_EVERY_MS): ConnectionShare {
  const takers = new Set<Taker>();
  const waiting: Connection[] = [];
  const admission = new Admission(limits);
  let offers = 0;
  let closed = false;
  const pinging = setInterval(() => takers.forEach(ask), pingEveryMs).unref();

  function ask(taker: Taker): void {
    taker.silent = taker.asked;
    if (taker.asked) return; // one that is stopped is not sent one ping after the other
    taker.asked = true;
    const ping: Ping = { type: 'ping' };
    taker.worker.send(ping, () => {});
  }

  function count(socket: Socket): void {
    const admitted = admission.admit(socket.remoteAddress);
    if (typeof admitted === 'string') turnAway(socket, admitted);
    else place({ socket, uncount: admitted });
  }

  function place(connection: Connection): void {
    const taker = [...takers].sort(byLoad)[0];
    if (closed) refuse(connection, 'The server is closing.');
    else if (taker !== undefined) offer(connection, taker);
    else waiting.push(connection);
  }

  function refuse({ socket, uncount }: Connection, reason: string): void {
    uncount();
    turnAway(socket, reason);
  }

  function offer(connection: Connection, { worker, offered }: Taker): void {
    const { socket } = connection;
    const id = ++offers;
    offered.set(id, connection);
    // Undocumented: with it Node keeps a list of sent sockets for each server and worker, and listeners for each list.
    (socket as { server?: unknown }).server = undefined;
    const message: ConnectionOffer = { type: 'connection', id };
    // keepOpen: until the worker says that it has the connection it is ours as well, to be offered to another. What
    // could not be sent is offered again when the worker has ended.
    worker.send(message, socket, { keepOpen: true }, () => {});
  }

  function hear(taker: Taker, message: FromTaker): void {
    if (message.type === 'over') over(taker, message.id);
    else if (message.type === 'leaving') leave(taker);
    else if (message.type === 'taken') taken(taker, message.id);
    else if (message.type === 'pong') taker.asked = taker.silent = false;
  }

  function taken({ offered, sessions }: Taker, id: number): void {
    const connection = offered.get(id);
    if (connection === undefined) return;
    offered.delete(id);
    sessions.set(id, connection.uncount);
    connection.socket.destroy(); // close(2) of one copy sends nothing
  }

  function over({ sessions }: Taker, id: number): void {
    sessions.get(id)?.();
    sessions.delete(id);
  }

  function leave(taker: Taker): void {
    takers.delete(taker);
    const untaken = [...taker.offered.values()];
    taker.offered.clear();
    for (const connection of untaken) place(connection);
  }

  return {
    controlServer: () => createServer({ pauseOnConnect: true }, count),
    add(...workers) {
      for (const worker of workers) {
        if (!worker.connected) continue; // it has ended, and 'close' may have come
        const taker: Taker = { worker, offered: new Map(), sessions: new Map(), asked: false, silent: false };
        takers.add(taker);
        worker.on('message', (message: FromTaker) => hear(taker, message));
        // 'close' comes when the channel has been read to its end: after the worker's last word.
        worker.once('close', () => {
          for (const id of taker.sessions.keys()) over(taker, id);
          leave(taker);
        });
      }
      for (const connection of waiting.splice(0)) place(connection);
    },
    limit: (next) => admission.limit(next),
    close() {
      closed = true;
      clearInterval(pinging);
      for (const connection of waiting.splice(0)) place(connection);
    },
  };
}

/** Who has not answered yet comes last: a worker that is busy or stopped is not given more while another is free. */
function byLoad(a: Taker, b: Taker): number {
  return (
    Number(a.silent) - Number(b.silent) ||
    a.offered.size - b.offered.size ||
    a.sessions.size - b.sessions.size
  );
}
