// The FTP server as a library: options in, an address out, and nothing left behind when it is closed.
import type { Server, Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import { createBinder } from '../binder/binders.ts';
import { waitsOf } from '../binder/retry.ts';
import type { Binder } from '../binder/types.ts';
import { type Clock, MAX_TIMER_MS, systemClock } from '../clock.ts';
import type { ServerContext } from './context.ts';
import { listenAt, turnAway } from './control/listening.ts';
import { Session } from './control/session.ts';
import { SessionCount, TOO_MANY_FROM_ADDRESS } from './control/session-count.ts';
import { findVerb } from './control/verbs/index.ts';
import { OpenSockets } from './data/open-sockets.ts';
import { EventsOf, type ServerEvents, type ServerListener } from './events.ts';
import { SessionFileSystem } from './files/file-system.ts';
import { removeLeftovers } from './files/leftovers.ts';
import { fillOptions } from './fill-options.ts';
import { createControlServer, type StockConnection } from './ftp-srv.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';
import { checkDataPort, checkRoot } from './preflight.ts';
import { type Reload, reloaded } from './reload.ts';
import { type Authenticate, anonymousOnly } from './users/login.ts';
import { ServedRoots } from './users/served-roots.ts';

export interface CloseOptions {
  /** How long transfers that run may go on, in milliseconds, before they are ended with 426; 0 unless set. */
  readonly graceMs?: number;
}

export interface FtpServer {
  /** Its number within the process, as every record tells it. */
  readonly id: number;
  /** Starts to accept sessions. @throws UsageError for a root that is no folder, PreflightError for a port */
  listen(): Promise<Endpoint>;
  /**
   * Accepts no more, and ends every session and every data connection: at once, or those that transfer within `graceMs`.
   * Resolves when no handle is left. May be called again; the shortest grace counts.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * Changes settings while it serves, and drops nobody: what each change applies to says the table in reload.ts.
   * @param options all settings, as for createServer @throws UsageError for an option that cannot be; nothing is changed
   */
  reload(options: ServerOptions): Omit<Reload, 'options'>;
  /**
   * Has `listener` told of every event of that name, until `off` or `close`. It is called in the middle of the server's
   * work: what it throws is an uncaught exception, and what takes long keeps clients waiting.
   */
  on<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this;
  off<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this;
  /** Whether it accepts sessions now. */
  readonly listening: boolean;
  /** Where it listens; undefined before that. */
  readonly address: Endpoint | undefined;
  /** The local port of active data connections (L-1 unless set); undefined before it listens. */
  readonly dataPort: number | undefined;
}

/** A server whose control connections another process accepts. */
export interface AcceptingServer {
  /** Serves one control connection that came to the control port, and owns its socket from now on. */
  accept(socket: Socket): void;
  /** As of FtpServer. */
  reload(options: ServerOptions): Omit<Reload, 'options'>;
  /** As of FtpServer. */
  close(options?: CloseOptions): Promise<void>;
}

/** @param clock paces waits and delays. @throws UsageError for an option that cannot be */
export function createServer(options: ServerOptions = {}, clock: Clock = systemClock): FtpServer {
  return new ActiveModeServer(options, clock);
}

/** @param controlPort where the other process listens. @throws UsageError for an option that cannot be */
export function createAcceptingServer(options: ServerOptions, controlPort: number): AcceptingServer {
  const server = new ActiveModeServer(options, systemClock);
  server.serve(controlPort);
  return server;
}

/** A control server that may not begin a session has greeted nobody yet, and never will. */
function refuse(connection: StockConnection, reason: string, server: number): void {
  connection.reply = async () => {}; // the stock greeting comes next
  turnAway(connection.commandSocket, reason, server);
}

function binderOf({ binder, retry, timeUnitMs }: FilledServerOptions): Binder {
  return createBinder(binder, { retry, timeUnitMs });
}

function authenticateOf({ authenticate, write }: FilledServerOptions): Authenticate {
  return authenticate ?? anonymousOnly(write);
}

let servers = 0;

class ActiveModeServer implements FtpServer, AcceptingServer {
  readonly id = ++servers;
  readonly #events = new EventsOf(this.id);
  #asked: ServerOptions;
  #options: FilledServerOptions;
  readonly #clock: Clock;
  readonly #control: Server;
  readonly #sessions = new Map<StockConnection, Session>();
  readonly #perAddress: SessionCount;
  readonly #dataSockets = new OpenSockets();
  #context: ServerContext | undefined;
  #authenticate: Authenticate;
  readonly #roots: ServedRoots;
  /** Aborts when what still runs while the server closes has had its time. */
  readonly #graceOver = new AbortController();
  readonly #stopping = new AbortController();
  #leftovers: Promise<void> | undefined;
  #address: Endpoint | undefined;
  #sessionsBegun = 0;
  #closing: Promise<void> | undefined;

  constructor(asked: ServerOptions, clock: Clock) {
    const options = fillOptions(asked);
    this.#asked = asked;
    this.#options = options;
    this.#clock = clock;
    this.#perAddress = new SessionCount(options.maxSessionsPerAddress);
    this.#authenticate = authenticateOf(options);
    this.#roots = new ServedRoots(options.links, () => this.#options);
    this.#control = createControlServer({
      log: options.log,
      onConnection: (connection) => this.#begin(connection),
      logIn: (connection, username, password) => this.#logIn(connection, username, password),
    });
  }

  on<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this {
    this.#events.on(name, listener);
    return this;
  }

  off<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this {
    this.#events.off(name, listener);
    return this;
  }

  get listening(): boolean {
    return this.#control.listening;
  }

  get address(): Endpoint | undefined {
    return this.#address;
  }

  get dataPort(): number | undefined {
    return this.#context?.dataPort;
  }

  async listen(): Promise<Endpoint> {
    const { host, port, root } = this.#options;
    await checkRoot(root);
    this.#address = await listenAt(this.#control, { address: host, port });
    try {
      const dataPort = this.serve(this.#address.port);
      await checkDataPort(this.#options, { address: host, port: dataPort });
      this.#leftovers = removeLeftovers(this.#options, this.#stopping.signal);
    } catch (error) {
      await this.close();
      throw error;
    }
    return this.#address;
  }

  /** From now on sessions may begin. @returns the data port that goes with the control port */
  serve(controlPort: number): number {
    const dataPort = this.#options.dataPort ?? controlPort - 1;
    this.#roots.at(this.#options.root);
    this.#context = this.#contextOf(this.#options, dataPort);
    return dataPort;
  }

  reload(wanted: ServerOptions): Omit<Reload, 'options'> {
    const { options: asked, ...differences } = reloaded(this.#asked, wanted);
    const options = fillOptions(asked);
    const context = this.#context && this.#contextOf(options, this.#context.dataPort);
    // Up to here what is wanted may be refused; from here on nothing can fail.
    this.#asked = asked;
    this.#options = options;
    this.#context = context;
    this.#authenticate = authenticateOf(options);
    this.#perAddress.most = options.maxSessionsPerAddress;
    return differences;
  }

  #contextOf(options: FilledServerOptions, dataPort: number): ServerContext {
    const shared = { clock: this.#clock, binder: binderOf(options), dataSockets: this.#dataSockets };
    const connectWaits = waitsOf(options.connectRetry, options.timeUnitMs);
    return { ...options, ...shared, server: this.id, connectWaits, dataPort };
  }

  accept(socket: Socket): void {
    this.#control.emit('connection', socket);
  }

  close({ graceMs = 0 }: CloseOptions = {}): Promise<void> {
    const inTimeMs = Math.min(graceMs, MAX_TIMER_MS);
    const timer = graceMs > 0 ? setTimeout(() => this.#graceOver.abort(), inTimeMs) : undefined;
    if (timer === undefined) this.#graceOver.abort();
    this.#closing ??= this.#close();
    return this.#closing.finally(() => clearTimeout(timer));
  }

  #begin(connection: StockConnection): void {
    const { commandSocket } = connection;
    if (this.#context === undefined || this.#closing !== undefined) {
      refuse(connection, 'The server is closing.', this.id);
      return;
    }
    if (this.#sessions.size >= this.#context.maxSessions) {
      refuse(connection, 'Too many sessions, try again later.', this.id);
      return;
    }
    const uncount = this.#perAddress.add(commandSocket.remoteAddress);
    if (uncount === undefined) {
      refuse(connection, TOO_MANY_FROM_ADDRESS, this.id);
      return;
    }
    const session = new Session(++this.#sessionsBegun, connection, this.#context, findVerb);
    this.#sessions.set(connection, session);
    commandSocket.once('close', () => {
      this.#sessions.delete(connection);
      uncount();
    });
  }

  async #logIn(connection: StockConnection, username: string, password: string): Promise<SessionFileSystem> {
    const session = this.#sessions.get(connection);
    if (session === undefined) throw new Error('The server is closing.');
    const address = session.peer.address;
    const user = await this.#authenticate({ username, password, address });
    if (user === undefined) throw new Error('Login incorrect.');
    const { tree, uploads } = this.#roots.at(user.root ?? this.#options.root);
    session.loggedInAs(user);
    // Who may go on with a broken upload: anonymous users are told apart by the address alone.
    const { actor } = session;
    return new SessionFileSystem({ tree, uploads, owner: `${user.name} ${address}`, may: user.may, actor });
  }

  async #close(): Promise<void> {
    const noMoreSessions = new Promise<void>((resolve) => {
      this.#control.close(() => resolve()); // an error says that it was not listening: as well
    });
    await Promise.all([...this.#sessions.values()].map((session) => session.finish(this.#graceOver.signal)));
    await this.#dataSockets.destroyAll();
    await noMoreSessions;
    this.#stopping.abort();
    await this.#leftovers;
    this.#roots.close();
    this.#events.close();
  }
}
