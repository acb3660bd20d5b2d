// Where an experiment is made: every socket and process of it is opened here, so that all of them end with it.
import { type Endpoint, familyOf } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { SystemCallError } from '../../net/descriptor.ts';
import { RawSocket, type RawSocketOptions } from '../../net/raw-socket.ts';
import { BIND_OPTIONS } from '../bind-options.ts';
import type { OptionSet, TruthTableCell } from '../types.ts';
import { freeEndpoint, randomLoopbackAddress } from './free-endpoint.ts';
import { startWorker, type Worker, type WorkerPlace } from './worker-process.ts';

export interface BindRequest extends Partial<RawSocketOptions> {
  /** Listen as well. */
  readonly listen?: boolean;
}

export interface Bound {
  /** `ok`, or the errno by name. */
  readonly outcome: string;
  /** Undefined when it was refused. */
  readonly socket: RawSocket | undefined;
}

/** A listener on loopback, and where it can be reached. */
export interface Listener {
  readonly socket: RawSocket;
  readonly endpoint: Endpoint;
}

const BACKLOG = 64;

export class Lab {
  /** What the truth table found, for claims that can be read from it. */
  readonly truthTable: readonly TruthTableCell[];
  readonly #sockets: RawSocket[] = [];
  readonly #workers: Worker[] = [];

  constructor(truthTable: readonly TruthTableCell[] = []) {
    this.truthTable = truthTable;
  }

  /** A local address and port that nobody is on. */
  endpoint(family: 4 | 6 = 4): Endpoint {
    return freeEndpoint(() => (family === 6 ? '::1' : randomLoopbackAddress()));
  }

  /** A port of `address` that nobody is on; of a wildcard, one that is free on every address. */
  endpointOn(address: string): Endpoint {
    return freeEndpoint(() => address);
  }

  open(options: RawSocketOptions): RawSocket {
    return this.#keep(RawSocket.open(options));
  }

  /** A socket with `options` on `local`. @throws SystemCallError */
  bound(local: Endpoint, options: OptionSet, { listen = false, ...more }: BindRequest = {}): RawSocket {
    const socket = this.open({ family: familyOf(local.address), ...more });
    setOptions(socket, options);
    socket.bind(local);
    if (listen) socket.listen(BACKLOG);
    return socket;
  }

  /** The same with the refusal as an answer. */
  tryBound(local: Endpoint, options: OptionSet, request: BindRequest = {}): Bound {
    let socket: RawSocket | undefined;
    const outcome = outcomeOf(() => {
      socket = this.bound(local, options, request);
    });
    return { outcome, socket };
  }

  /** The answer alone: `ok`, or the errno by name. What was bound stays so. */
  tryBind(local: Endpoint, options: OptionSet, request: BindRequest = {}): string {
    return this.tryBound(local, options, request).outcome;
  }

  listener(address: string, backlog = BACKLOG): Listener {
    const socket = this.open({ family: familyOf(address) });
    socket.bind({ address, port: 0 });
    socket.listen(backlog);
    return { socket, endpoint: socket.localEndpoint() };
  }

  accept(listener: RawSocket): RawSocket {
    return this.#keep(listener.accept());
  }

  /** A process of its own for part of the experiment. @throws NotRun where this host does not let us have one */
  async worker(place: WorkerPlace = 'same'): Promise<Worker> {
    const worker = startWorker(place);
    this.#workers.push(worker);
    await worker.up;
    return worker;
  }

  /** Ends everything that was opened; connections are reset, so that they leave no TIME_WAIT. */
  async close(): Promise<void> {
    this.closeSockets();
    // All of them, each time: who calls again waits for the processes too.
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  /** Ends the sockets alone, at once. */
  closeSockets(): void {
    for (const socket of this.#sockets.splice(0)) socket.reset();
  }

  #keep(socket: RawSocket): RawSocket {
    this.#sockets.push(socket);
    return socket;
  }
}

function setOptions(socket: RawSocket, options: OptionSet): void {
  const { reuseAddr, reusePort } = BIND_OPTIONS[options];
  if (reuseAddr) socket.setReuse('reuseAddr', true);
  if (reusePort) socket.setReuse('reusePort', true);
}

/** `ok`, or the errno by name when a system call of it failed. */
export function outcomeOf(calls: () => unknown): string {
  try {
    calls();
    return 'ok';
  } catch (error) {
    if (error instanceof SystemCallError) return errorCodeOf(error);
    throw error;
  }
}
