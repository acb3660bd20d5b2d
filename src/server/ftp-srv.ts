// The one file that knows ftp-srv from the inside: its control connection, typed as far as we use it, its faults cut off.
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Server, Socket } from 'node:net';
import ftpSrv from 'ftp-srv';
import type { Logger } from 'pino';

/** A command for ftp-srv's own handlers, already parsed: its parser drops quotes and options from arguments. */
export interface StockCommand {
  readonly directive: string;
  readonly arg: string | null;
  readonly flags: readonly string[];
  readonly raw: string;
}

/** One line of a reply as ftp-srv's handlers give it. */
export type StockLetter =
  | string
  | undefined
  | { readonly message?: unknown; readonly raw?: boolean; readonly code?: number };

/** A control connection. ftp-srv reads `username`, `authenticated` and `fs` in its own handlers. */
export interface StockConnection extends EventEmitter {
  readonly commandSocket: Socket;
  readonly commands: { handle(command: StockCommand): PromiseLike<unknown> };
  username?: string | undefined;
  authenticated?: boolean;
  fs?: unknown;
  renameFrom?: string | undefined;
  reply(options: number | { readonly code?: number }, ...letters: StockLetter[]): Promise<void>;
}

/** What those of ftp-srv's handlers that are in use call of a session's files. Paths are the client's, as byte strings. */
export interface StockFiles {
  currentDirectory(): string;
  /** CWD, CDUP. @returns the client's path of the folder */
  chdir(path?: string): string;
  /** RNFR, MDTM. */
  get(path: string): { readonly mtime: Date };
  /** MKD. @returns the client's path of the new folder */
  mkdir(path: string): Promise<string>;
  /** DELE. */
  delete(path: string): Promise<void>;
  /** RNTO. */
  rename(from: string, to: string): Promise<void>;
}

/** The text of a reply for which ftp-srv's handler gave none. */
export const STOCK_TEXTS = createRequire(import.meta.url)('ftp-srv/src/messages.js') as Readonly<
  Record<number, string | undefined>
>;

export interface ControlServerHooks {
  readonly log: Logger;
  /** Called before the 220 and before the first byte is read; must listen for 'data' itself. */
  onConnection(connection: StockConnection): void;
}

interface StockServer extends EventEmitter {
  readonly server: Server;
  readonly connections: Record<string, StockConnection>;
  disconnectClient(id: string): Promise<void>;
}

/** ftp-srv's server for control connections, not listening yet. It leaves no timer and no signal handler behind. */
export function createControlServer(hooks: ControlServerHooks): Server {
  const options = { log: quiet(hooks.log), anonymous: true, endOnProcessSignal: false };
  const stock = keepingSignals(() => new ftpSrv.FtpSrv(options)) as unknown as StockServer;
  // The stock method leaves a one-second timer behind every connection that ends.
  stock.disconnectClient = async (id) => {
    delete stock.connections[id];
  };
  stock.on('connect', ({ connection }: { connection: StockConnection }) => {
    disarm(connection);
    hooks.onConnection(connection);
  });
  return stock.server;
}

/** Takes reading, the idle timeout and the data side away from ftp-srv. */
function disarm(connection: StockConnection): void {
  const { commandSocket } = connection;
  // 150 and 226 are two small writes: Nagle's algorithm and the peer's delayed ACK would put 40 ms between them.
  commandSocket.setNoDelay(true);
  commandSocket.removeAllListeners('data').removeAllListeners('timeout');
  Object.defineProperty(connection, 'connector', { value: { end() {} }, writable: false });
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** Removes the signal handlers that `create` adds: ftp-srv's constructor would end the process from a library. */
function keepingSignals<T>(create: () => T): T {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const created = create();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.off(signal, listener);
    }
  });
  return created;
}

/** ftp-srv logs a missing file as an error of the server; all that it says is for debugging. */
function quiet(log: Logger): object {
  const debug = (...args: unknown[]) => (log.debug as (...args: unknown[]) => void)(...args);
  const same: object = { trace: debug, debug, info: debug, warn: debug, error: debug, child: () => same };
  return same;
}
