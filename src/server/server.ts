// The FTP server as a library: options in, an address out, and nothing left behind when it is closed.
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import { createBinder } from '../binder/binders.ts';
import { waitsOf } from '../binder/retry.ts';
import type { Binder } from '../binder/types.ts';
import { type Clock, MAX_TIMER_MS, systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { closingError } from './closing.ts';
import type { ServerContext } from './context.ts';
import { Admission } from './control/admission.ts';
import { Listeners } from './control/listeners.ts';
import { turnAway } from './control/listening.ts';
import { Session } from './control/session.ts';
import { findVerb } from './control/verbs/index.ts';
import { OpenSockets } from './data/open-sockets.ts';
import { PassivePorts } from './data/passive-ports.ts';
import { ToldAddress } from './data/told-address.ts';
import { dataPortOf } from './data-port.ts';
import { EventsOf, type ServerEvents, type ServerListener } from './events.ts';
import { removeLeftovers } from './files/leftovers.ts';
import { fillOptions } from './fill-options.ts';
import { createControlServer, type StockConnection } from './ftp-srv.ts';
import { inOrder } from './in-order.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';
import { checkDataPorts, checkRoot } from './preflight.ts';
import { type PreparedFiles, prepareFiles } from './prepare-files.ts';
import type { Ledger } from './quota/ledger.ts';
import { LocalLedger } from './quota/local-ledger.ts';
import { type Reload, type Reloaded, reloaded } from './reload.ts';
import type { TlsMaterial } from './tls/material.ts';
import type { TlsService } from './tls/session-tls.ts';
import { TlsSessions } from './tls/sessions.ts';
import type { TlsPem } from './tls/types.ts';
import { LoginDesk, uploadRoots } from './users/login-desk.ts';
import { type LoginLedger, OwnLedger } from './users/login-ledger.ts';
import { UserPaces } from './users/user-paces.ts';
import type { Users } from './users/users-file.ts';

export interface CloseOptions {
  /** How long transfers that run may go on, in milliseconds, before they are ended with 426; 0 unless set. */
  readonly graceMs?: number;
}

export interface FtpServer {
  /** Its number within the process, as every record tells it. */
  readonly id: number;
  /**
   * Starts to accept sessions; the first of its addresses.
   * @throws UsageError for a root that is no folder, PreflightError for a port, ECANCELED when it is closed meanwhile
   */
  listen(): Promise<Endpoint>;
  /**
   * Accepts no more, and ends every session and every data connection: at once, or those that transfer within `graceMs`.
   * Resolves when no handle is left. May be called again; the shortest grace counts.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * Changes settings while it serves, and drops nobody: what each change applies to says the table in reload.ts. One
   * that is asked for while another, or `listen`, is under way comes behind it.
   * @param options all settings, as for createServer
   * @throws UsageError for an option that cannot be, ECANCELED for a server that is closed; nothing is changed
   */
  reload(options: ServerOptions): Promise<Reloaded>;
  /**
   * Has `listener` told of every event of that name, until `off` or `close`. It is called in the middle of the server's
   * work: what it throws is an uncaught exception, and what takes long keeps clients waiting.
   */
  on<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this;
  off<Name extends keyof ServerEvents>(name: Name, listener: ServerListener<Name>): this;
  /** Whether it accepts sessions now. */
  readonly listening: boolean;
  /** Where it listens, the first of `addresses`; undefined before that. */
  readonly address: Endpoint | undefined;
  /** Everywhere it listens, in the order of `listen`; none before that. */
  readonly addresses: readonly Endpoint[];
  /** The local port of active data connections of sessions at `address` (L-1 unless set); undefined before it listens. */
  readonly dataPort: number | undefined;
}

/** A server whose control connections another process accepts. */
export interface AcceptingServer {
  /** Serves one control connection that came to the control port, and owns its socket from now on. */
  accept(socket: Socket): void;
  readonly logins: LoginDesk;
  /**
   * `reload` of FtpServer, at once; options have the certificate itself. @param read what the other process has read
   */
  change(options: ServerOptions, read?: Pick<ReadFiles, 'users'>): Omit<Reload, 'options'>;
  /** As of FtpServer. */
  close(options?: CloseOptions): Promise<void>;
}

/** @param clock paces waits and delays. @throws UsageError for an option that cannot be */
export function createServer(options: ServerOptions = {}, clock: Clock = systemClock): FtpServer {
  return new ActiveModeServer(options, clock);
}

/** What a server shares with others of its service. */
export interface Shared {
  /** What is known of logins in all processes; its own alone unless set. */
  readonly ledger?: LoginLedger;
  /** What is used up of quotas, by all processes; its own alone unless set. */
  readonly quotas?: Ledger;
  /** The users file as the other process has read it. */
  readonly users?: Users | undefined;
}

/** What the options name files for. */
interface ReadFiles {
  readonly users?: (Users & { readonly refusalMs?: number }) | undefined;
  readonly tls?: TlsMaterial | undefined;
}

/** @param options have the certificate itself: files are read by the other process. @throws UsageError for an option that cannot be */
export function createAcceptingServer(options: ServerOptions, shared: Shared = {}): AcceptingServer {
  // Without it TLS would be off, and what was to be required would not be.
  if (options.tlsPem === undefined && fillOptions(options).tls !== 'off') throw new UsageError('no tlsPem');
  const server = new ActiveModeServer(options, systemClock, shared);
  server.logins.openRoot();
  if (shared.users !== undefined) server.logins.use(shared.users, server.logins.refusalMs);
  return server;
}

function binderOf({ binder, retry, timeUnitMs }: FilledServerOptions): Binder {
  return createBinder(binder, { retry, timeUnitMs });
}

/** Before the files are read there is nothing to show; nobody is served yet. */
function tlsOf(options: FilledServerOptions, pem: TlsPem | undefined): TlsService | undefined {
  const { tls: policy, tlsReuse: reuse, tlsBareFin: bareFin, implicitTlsPorts: implicitPorts } = options;
  if (policy === 'off' || pem === undefined) return undefined;
  const shared = reuse === 'off' ? new TlsSessions(pem) : undefined;
  return { policy, pem, reuse, bareFin, implicitPorts, shared };
}

let servers = 0;

class ActiveModeServer implements FtpServer, AcceptingServer {
  readonly id = ++servers;
  readonly #events = new EventsOf(this.id);
  #asked: ServerOptions;
  #options: FilledServerOptions;
  readonly #clock: Clock;
  readonly #listeners: Listeners;
  /** Listens nowhere: who is admitted is handed to it. */
  readonly #control: Server;
  readonly #admission: Admission;
  readonly #sessions = new Map<StockConnection, Session>();
  readonly #dataSockets = new OpenSockets();
  #context: ServerContext;
  #tls: TlsMaterial | undefined;
  readonly logins: LoginDesk;
  readonly #passivePorts: PassivePorts;
  readonly #userPaces: UserPaces;
  readonly #quotas: Ledger;
  /** Aborts when what still runs while the server closes has had its time. */
  readonly #graceOver = new AbortController();
  readonly #stopping = new AbortController();
  /** Each of these reads what is in force, waits for files, and changes it. */
  readonly #settingUp = inOrder();
  #leftovers: Promise<void> | undefined;
  #addresses: readonly Endpoint[] = [];
  #sessionsBegun = 0;
  #closing: Promise<void> | undefined;

  constructor(asked: ServerOptions, clock: Clock, { ledger, quotas }: Shared = {}) {
    const options = fillOptions(asked);
    this.#asked = asked;
    this.#options = options;
    this.#clock = clock;
    this.#admission = new Admission(options);
    this.#quotas = quotas ?? new LocalLedger(options.links, clock);
    this.logins = new LoginDesk(options, ledger ?? new OwnLedger(clock.nowMs), this.#quotas);
    this.#passivePorts = new PassivePorts(options.passivePorts);
    this.#userPaces = new UserPaces(clock);
    this.#context = this.#contextOf(options);
    this.#listeners = new Listeners(() =>
      createSocketServer({ pauseOnConnect: true }, (socket) => this.accept(socket)),
    );
    this.#control = createControlServer({
      log: options.log,
      onConnection: (connection) => this.#begin(connection),
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
    return this.#listeners.listening;
  }

  get address(): Endpoint | undefined {
    return this.#addresses[0];
  }

  get addresses(): readonly Endpoint[] {
    return this.#addresses;
  }

  get dataPort(): number | undefined {
    return this.address && dataPortOf(this.#options, this.address.port);
  }

  listen(): Promise<Endpoint> {
    return this.#settingUp(() => this.#listen());
  }

  reload(wanted: ServerOptions): Promise<Reloaded> {
    return this.#settingUp(() => this.#reload(wanted));
  }

  async #listen(): Promise<Endpoint> {
    const { listen, root } = this.#options;
    await checkRoot(root);
    this.#requireOpen();
    try {
      this.logins.openRoot();
      const { users, tls } = await this.#prepared(this.#options);
      this.#requireOpen();
      this.#tls = tls;
      this.#context = this.#contextOf(this.#options);
      if (users !== undefined) this.logins.use(users, users.refusalMs);
      this.#addresses = await this.#listeners.listen(listen);
      await checkDataPorts(this.#options, this.#addresses);
      this.#requireOpen();
      const roots = uploadRoots(this.#options, users);
      this.#leftovers = removeLeftovers({ ...this.#options, roots }, this.#stopping.signal);
    } catch (error) {
      await Promise.all([this.close(), this.#listeners.close()]); // which may have taken a port behind an earlier close
      throw error;
    }
    return this.#addresses[0] as Endpoint; // there is one at least
  }

  async #reload(wanted: ServerOptions): Promise<Reloaded> {
    const { options: asked } = reloaded(this.#asked, wanted);
    const read = await this.#prepared(fillOptions(asked));
    this.#requireOpen();
    const { users, tls } = read;
    return { ...this.change(wanted, read), users: users?.entries.size, certificateValidTo: tls?.validTo };
  }

  change(wanted: ServerOptions, { users, tls }: ReadFiles = {}): Omit<Reload, 'options'> {
    const { options: asked, ...differences } = reloaded(this.#asked, wanted);
    const options = fillOptions(asked);
    const context = this.#contextOf(options, tls);
    // Up to here what is wanted may be refused; from here on nothing can fail.
    this.#asked = asked;
    this.#options = options;
    this.#tls = tls;
    this.#context = context;
    this.logins.change(options, users, users?.refusalMs);
    this.#admission.limit(options);
    return differences;
  }

  #contextOf(options: FilledServerOptions, tls = this.#tls): ServerContext {
    return {
      ...options,
      server: this.id,
      clock: this.#clock,
      binder: binderOf(options),
      connectWaits: waitsOf(options.connectRetry, options.timeUnitMs),
      dataSockets: this.#dataSockets,
      passivePorts: this.#passivePorts,
      logins: this.logins,
      userPaces: this.#userPaces,
      toldAddress: new ToldAddress(options.passiveAddress, this.#clock.nowMs),
      tls: tlsOf(options, options.tlsPem ?? tls?.pem),
    };
  }

  /** Before ftp-srv knows of it: a connection that is refused costs next to nothing. */
  accept(socket: Socket): void {
    const closing = this.#closing !== undefined;
    const admitted = closing ? 'The server is closing.' : this.#admission.admit(socket.remoteAddress);
    if (typeof admitted === 'string') {
      turnAway(socket, admitted, this.id);
    } else {
      socket.once('close', admitted);
      this.#control.emit('connection', socket);
    }
  }

  close({ graceMs = 0 }: CloseOptions = {}): Promise<void> {
    const inTimeMs = Math.min(graceMs, MAX_TIMER_MS);
    const timer = graceMs > 0 ? setTimeout(() => this.#graceOver.abort(), inTimeMs) : undefined;
    if (timer === undefined) this.#graceOver.abort();
    this.#closing ??= this.#close();
    return this.#closing.finally(() => clearTimeout(timer));
  }

  /** To be asked whenever something was waited for, and before anything is opened. @throws an error with `code` ECANCELED */
  #requireOpen(): void {
    if (this.#closing !== undefined) throw closingError();
  }

  #begin(connection: StockConnection): void {
    const session = new Session(++this.#sessionsBegun, connection, this.#context, findVerb);
    this.#sessions.set(connection, session);
    connection.commandSocket.once('close', () => this.#sessions.delete(connection));
  }

  /** What there is to say about the files is in the log. @throws UsageError */
  async #prepared(options: FilledServerOptions): Promise<PreparedFiles> {
    const files = await prepareFiles(options, this.logins.verifier);
    for (const warning of files.warnings) this.#options.log.warn(warning);
    return files;
  }

  async #close(): Promise<void> {
    const noMoreSessions = this.#listeners.close();
    const { signal } = this.#graceOver;
    // Uploads within their grace ask for room to their end; those whose time is over wait for no count.
    const noMoreCounts = () => this.#quotas.close();
    if (signal.aborted) void noMoreCounts();
    else signal.addEventListener('abort', noMoreCounts, { once: true });
    await Promise.all([...this.#sessions.values()].map((session) => session.finish(signal)));
    await this.#dataSockets.destroyAll();
    await Promise.all([noMoreSessions, noMoreCounts()]);
    this.#stopping.abort();
    await this.#leftovers;
    await this.logins.close();
    this.#events.close();
  }
}
