// The FTP server as a library: options in, an address out, and nothing left behind when it is closed.
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Endpoint } from '../address.ts';
import { createBinder } from '../binder/binders.ts';
import type { Binder } from '../binder/types.ts';
import { systemClock } from '../clock.ts';
import { formatReply } from '../ftp/reply.ts';
import type { ServerContext } from './context.ts';
import { SessionFileSystem } from './file-system.ts';
import { fillOptions } from './fill-options.ts';
import { createControlServer, type StockConnection } from './ftp-srv.ts';
import { OpenSockets } from './open-sockets.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';
import { checkDataPort, checkRoot, listenError } from './preflight.ts';
import { Session } from './session.ts';
import { findVerb } from './verbs.ts';

export interface FtpServer {
  /** Starts to accept sessions. @throws UsageError for a root that is no folder, PreflightError for a port */
  listen(): Promise<Endpoint>;
  /** Ends every session and every data connection; resolves when no handle is left. May be called again. */
  close(): Promise<void>;
  /** Where it listens; undefined before that. */
  readonly address: Endpoint | undefined;
  /** The local port of active data connections (L-1 unless set); undefined before it listens. */
  readonly dataPort: number | undefined;
}

/** @throws UsageError for an option that cannot be */
export function createServer(options: ServerOptions = {}): FtpServer {
  return new ActiveModeServer(fillOptions(options));
}

const ANONYMOUS = ['anonymous', 'ftp'];

/** RFC 959 §5.4: a greeting may be 421. Neither read nor kept waiting: what is refused must cost nothing. */
function turnAway(connection: StockConnection): void {
  const { commandSocket } = connection;
  connection.reply = async () => {}; // the stock greeting comes next
  commandSocket.end(formatReply(421, 'Too many sessions, try again later.'));
  commandSocket.destroySoon();
}

class ActiveModeServer implements FtpServer {
  readonly #options: FilledServerOptions;
  readonly #binder: Binder;
  readonly #control: Server;
  readonly #sessions = new Set<Session>();
  readonly #dataSockets = new OpenSockets();
  #context: ServerContext | undefined;
  #address: Endpoint | undefined;
  #sessionsBegun = 0;
  #closing: Promise<void> | undefined;

  constructor(options: FilledServerOptions) {
    const { binder, retry, timeUnitMs } = options;
    this.#options = options;
    this.#binder = createBinder(binder, { retry, timeUnitMs });
    this.#control = createControlServer({
      log: options.log,
      onConnection: (connection) => this.#begin(connection),
      logIn: (connection, username) => this.#logIn(connection, username),
    });
  }

  get address(): Endpoint | undefined {
    return this.#address;
  }

  get dataPort(): number | undefined {
    return this.#context?.dataPort;
  }

  async listen(): Promise<Endpoint> {
    await checkRoot(this.#options.root);
    const address = await this.#takeControlPort();
    try {
      const context = this.#contextFor(address);
      await checkDataPort(this.#options, { address: address.address, port: context.dataPort });
    } catch (error) {
      await this.close();
      throw error;
    }
    return address;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #takeControlPort(): Promise<Endpoint> {
    const { host, port } = this.#options;
    try {
      this.#control.listen({ host, port });
      await once(this.#control, 'listening');
    } catch (error) {
      throw listenError(error, { address: host, port });
    }
    const { port: taken } = this.#control.address() as AddressInfo;
    this.#address = { address: host, port: taken };
    return this.#address;
  }

  #contextFor({ port }: Endpoint): ServerContext {
    const { dataPort = port - 1, ...settings } = this.#options;
    const shared = { clock: systemClock, binder: this.#binder, dataSockets: this.#dataSockets };
    this.#context = { ...settings, ...shared, dataPort };
    return this.#context;
  }

  #begin(connection: StockConnection): void {
    const { commandSocket } = connection;
    if (this.#context === undefined || this.#closing !== undefined) return void commandSocket.destroy();
    if (this.#sessions.size >= this.#context.maxSessions) return void turnAway(connection);
    const session = new Session(++this.#sessionsBegun, connection, this.#context, findVerb);
    this.#sessions.add(session);
    commandSocket.once('close', () => this.#sessions.delete(session));
  }

  #logIn(connection: StockConnection, username: string): SessionFileSystem {
    if (!ANONYMOUS.includes(username.toLowerCase())) throw new Error('Only anonymous users may log in.');
    return new SessionFileSystem(connection, this.#options);
  }

  async #close(): Promise<void> {
    const noMoreSessions = new Promise<void>((resolve) => {
      this.#control.close(() => resolve()); // an error says that it was not listening: as well
    });
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await this.#dataSockets.destroyAll();
    await noMoreSessions;
  }
}
