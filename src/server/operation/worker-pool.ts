// Several server processes behind one control port: started, given their connections, replaced when they die, stopped.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../address.ts';
import { type Clock, MAX_TIMER_MS, systemClock } from '../../clock.ts';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { closingError } from '../closing.ts';
import { Listeners } from '../control/listeners.ts';
import { removeLeftovers, type ServedTrees } from '../files/leftovers.ts';
import { fillOptions } from '../fill-options.ts';
import { inOrder } from '../in-order.ts';
import type { FilledServerOptions, ServerOptions } from '../options.ts';
import { checkDataPorts, checkRoot } from '../preflight.ts';
import { type PreparedFiles, prepareFilesAlone } from '../prepare-files.ts';
import { LocalLedger } from '../quota/local-ledger.ts';
import { type Reloaded, reloaded } from '../reload.ts';
import type { TlsPem } from '../tls/types.ts';
import { uploadRoots } from '../users/login-desk.ts';
import { OwnLedger } from '../users/login-ledger.ts';
import { type ConnectionShare, createConnectionShare } from './connection-share.ts';
import { LedgerHost } from './ledger-host.ts';
import { answerLogins } from './login-messages.ts';
import { givesUp, restartDelayMs } from './restart.ts';
import type { FromWorker, ReloadOrder, ToWorker, WorkerSettings } from './worker-messages.ts';

/** What a reload can change. */
export interface PoolSettings {
  /** Sent to the workers: no functions, and a log level in place of a logger. */
  readonly server: Omit<ServerOptions, 'log'>;
  readonly logLevel: string;
  /** How long transfers that run may go on when a worker, or the pool, is told to stop, in milliseconds; 0 unless set. */
  readonly graceMs?: number;
}

export interface WorkerPoolOptions extends PoolSettings {
  /** Standard error unless set. */
  readonly logFile?: string | undefined;
  /** Where files that were moved are told in wu-ftpd's format; nowhere unless set. */
  readonly xferlog?: string | undefined;
  /** Whether the workers count what happens. */
  readonly metrics?: boolean;
  readonly workers: number;
  /** What a worker that was told to stop may take beyond the grace before it is killed; 10 000 unless set. */
  readonly stopTimeoutMs?: number;
  /** Told what there is to say about the users file. */
  readonly onWarning?: (warning: string) => void;
  /** Told of every worker that ended although nobody stopped it. */
  readonly onWorkerLost?: (loss: WorkerLoss) => void;
  /** Told of every worker as it begins to serve. */
  readonly onWorkerServing?: (worker: ChildProcess) => void;
  /** The program of a worker; the built-in one unless set. */
  readonly program?: string;
  readonly clock?: Clock;
}

export interface WorkerLoss {
  readonly pid: number;
  /** `exit status 1`, `SIGSEGV`; `SIGTERM` for one that was told to stop, which may go on for the grace. */
  readonly how: string;
  /** Undefined when it is not restarted: no replacement comes up. */
  readonly restartInMs: number | undefined;
}

export interface WorkerPool {
  /** Where the pool listens, the first of `addresses`. */
  readonly address: Endpoint;
  /** Everywhere it listens. */
  readonly addresses: readonly Endpoint[];
  /** Whether it does, still. */
  readonly listening: boolean;
  /** Of the workers that serve. */
  pids(): readonly number[];
  /** Rejects when no worker is left and none can be started; resolves once the pool is stopped. */
  readonly ended: Promise<void>;
  /** For logrotate: every worker writes the log files that have the names now. */
  reopenLogs(): void;
  /**
   * Changes settings in every worker, those that still come among them, and drops nobody.
   * @param wanted all settings, of which `workers` and the like do not change @throws UsageError, ECANCELED for a pool that
   *   is stopped; nothing is changed then
   */
  reload(wanted: PoolSettings): Promise<Reloaded>;
  /** SIGTERM to every worker, and SIGKILL to those that do not obey. May be called again. */
  stop(): Promise<void>;
  /** Ends all sessions now, transfers too; a worker that takes longer than a second for it is killed. May be called while `stop` waits. */
  stopAtOnce(): Promise<void>;
}

/** To tell every client that it is over. */
const LAST_WORDS_MS = 1000;

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Listens, then starts the workers; resolves when all of them serve. Who connects meanwhile waits for the first.
 * @throws UsageError for an option that cannot be, PreflightError for a port that cannot be had or a worker that ends
 *   before it serves (its own error is on stderr)
 */
export async function startWorkers(options: WorkerPoolOptions): Promise<WorkerPool> {
  const filled = fillOptions(options.server);
  const share = createConnectionShare(filled);
  const listeners = new Listeners(() => share.controlServer());
  await checkRoot(filled.root);
  try {
    const files = await filesOf(filled, options.onWarning);
    const addresses = await listeners.listen(filled.listen);
    await checkDataPorts(filled, addresses);
    const quotas = new LedgerHost(new LocalLedger(filled.links, options.clock ?? systemClock));
    const pool = new Pool({ options, addresses, listeners, share, quotas, files });
    await pool.startAll();
    pool.removeLeftovers({ ...filled, roots: uploadRoots(filled, files.users) });
    return pool;
  } catch (error) {
    void listeners.close();
    share.close();
    throw error;
  }
}

/** The primary reads the files, and times the slowest hash while nothing else runs; its workers get all of it. */
async function filesOf(
  filled: FilledServerOptions,
  onWarning: WorkerPoolOptions['onWarning'],
): Promise<PreparedFiles> {
  const files = await prepareFilesAlone(filled);
  for (const warning of files.warnings) onWarning?.(warning);
  return files;
}

/** A worker that starts later, or may not read the files, shows the same certificate. */
function withPem(
  { tlsCertFile: _cert, tlsKeyFile: _key, ...server }: PoolSettings['server'],
  tlsPem: TlsPem,
): PoolSettings['server'] {
  return { ...server, tlsPem };
}

interface PoolParts {
  readonly options: WorkerPoolOptions;
  readonly addresses: readonly Endpoint[];
  readonly listeners: Listeners;
  readonly share: ConnectionShare;
  readonly quotas: LedgerHost;
  readonly files: PreparedFiles;
}

class Pool implements WorkerPool {
  readonly addresses: readonly Endpoint[];
  readonly ended: Promise<void>;
  #options: WorkerPoolOptions;
  readonly #listeners: Listeners;
  readonly #share: ConnectionShare;
  readonly #quotas: LedgerHost;
  readonly #logins: OwnLedger;
  #files: PreparedFiles;
  readonly #clock: Clock;
  /** All that run, those that do not serve yet among them. */
  readonly #processes = new Set<ChildProcess>();
  readonly #serving = new Set<ChildProcess>();
  readonly #stopping = new AbortController();
  readonly #reloading = inOrder();
  /** Workers that ended before they served, since the last one that did serve. */
  #failedStarts = 0;
  #leftovers: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #settle: { resolve(): void; reject(error: Error): void } = { resolve() {}, reject() {} };

  constructor({ options, addresses, listeners, share, quotas, files }: PoolParts) {
    this.addresses = addresses;
    this.#options = options;
    this.#listeners = listeners;
    this.#share = share;
    this.#quotas = quotas;
    this.#files = files;
    this.#clock = options.clock ?? systemClock;
    this.#logins = new OwnLedger(this.#clock.nowMs);
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => {}); // who stops the pool need not have waited for its end
  }

  get address(): Endpoint {
    return this.addresses[0] as Endpoint; // there is one at least
  }

  get listening(): boolean {
    return this.#listeners.listening;
  }

  reopenLogs(): void {
    const message: ToWorker = { type: 'reopen-logs' };
    for (const worker of this.#serving) if (worker.connected) worker.send(message, () => {});
  }

  pids(): readonly number[] {
    return [...this.#serving].flatMap((worker) => worker.pid ?? []);
  }

  /** @throws PreflightError when one of the first workers ends before it serves; none is left then */
  async startAll(): Promise<void> {
    try {
      const first = Array.from({ length: this.#options.workers }, () => this.#start());
      this.#share.add(...(await Promise.all(first))); // at once: who has waited is shared out over all
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Those of an earlier service; what becomes of uploads from now on is the workers'. */
  removeLeftovers(served: ServedTrees): void {
    this.#leftovers = removeLeftovers(served, this.#stopping.signal);
  }

  reload(wanted: PoolSettings): Promise<Reloaded> {
    return this.#reloading(() => this.#reload(wanted));
  }

  async #reload({ server: wanted, logLevel, graceMs = 0 }: PoolSettings): Promise<Reloaded> {
    const { options: server, ...differences } = reloaded(this.#options.server, wanted);
    const filled = fillOptions(server);
    const files = await filesOf(filled, this.#options.onWarning);
    if (this.#stopping.signal.aborted) throw closingError();
    this.#files = files;
    this.#options = { ...this.#options, server, logLevel, graceMs };
    this.#share.limit(filled);
    const order: ReloadOrder = { type: 'reload', ...this.#reloadable() };
    for (const worker of this.#processes) worker.send(order, () => {}); // one that is gone has a replacement
    const { users, tls } = files;
    return { ...differences, users: users?.entries.size, certificateValidTo: tls?.validTo };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async stopAtOnce(): Promise<void> {
    const stopped = this.stop();
    const workers = [...this.#processes];
    for (const worker of workers) if (worker.connected) worker.disconnect(); // as if this process were gone
    const timer = setTimeout(() => {
      for (const worker of workers) worker.kill('SIGKILL'); // also one that is stopped
    }, LAST_WORDS_MS);
    await stopped;
    clearTimeout(timer);
  }

  /** Resolves once the worker can serve. @throws PreflightError when it ends before */
  async #start(): Promise<ChildProcess> {
    const { program = WORKER } = this.#options;
    const worker = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#processes.add(worker);
    this.#quotas.serve(worker);
    answerLogins(worker, this.#logins);
    const { logFile, xferlog, metrics } = this.#options;
    const settings: WorkerSettings = { type: 'settings', ...this.#reloadable(), logFile, xferlog, metrics };
    worker.send(settings, () => {});
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        // Its place is free at once, however long its last transfers take.
        if (message.type === 'leaving') return this.#lost(worker, 'SIGTERM');
        if (message.type !== 'serving') return;
        this.#failedStarts = 0;
        this.#serving.add(worker);
        this.#options.onWorkerServing?.(worker);
        resolve();
      });
      worker.on('error', (error) => {
        if (worker.pid !== undefined) return; // of a message to one that is gone: its end says more
        this.#processes.delete(worker);
        reject(new PreflightError(`a server process cannot be started: ${errorCodeOf(error)}`));
      });
      worker.once('exit', (status, signal) => {
        this.#processes.delete(worker);
        const how = signal ?? `exit status ${status}`;
        reject(new PreflightError(`a server process ended before it served: ${how}`));
        this.#lost(worker, how);
      });
    });
    return worker;
  }

  #lost(worker: ChildProcess, how: string): void {
    if (this.#serving.delete(worker)) void this.#replace(worker.pid ?? 0, how);
  }

  /** What workers go by from now on. */
  #reloadable(): Omit<ReloadOrder, 'type'> {
    const { server: asked, logLevel, graceMs = 0 } = this.#options;
    const { users, tls } = this.#files;
    const server = tls === undefined ? asked : withPem(asked, tls.pem);
    if (users === undefined) return { server, logLevel, graceMs };
    const { text: usersText, refusalMs: loginDelayMs } = users;
    return { server: { ...server, loginDelayMs }, logLevel, graceMs, usersText };
  }

  /** Tries until a replacement serves, or nobody does and it makes no sense to go on. */
  async #replace(pid: number, how: string): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const restartInMs = givesUp(this.#failedStarts, this.#serving.size)
      ? undefined
      : restartDelayMs(this.#failedStarts);
    this.#options.onWorkerLost?.({ pid, how, restartInMs });
    if (restartInMs === undefined)
      return this.#fail(new PreflightError(`server processes keep ending: ${how}`));
    try {
      await this.#clock.sleep(restartInMs, signal);
      this.#share.add(await this.#start());
    } catch (error) {
      if (signal.aborted) return;
      this.#failedStarts++;
      await this.#replace(pid, (error as Error).message);
    }
  }

  async #fail(error: Error): Promise<void> {
    this.#settle.reject(error);
    await this.stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    void this.#listeners.close();
    this.#share.close();
    await Promise.all([...this.#processes].map((worker) => this.#stopOne(worker)));
    await Promise.all([this.#leftovers, this.#quotas.close()]); // until then uploads ask for room
    this.#settle.resolve();
  }

  async #stopOne(worker: ChildProcess): Promise<void> {
    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    const { graceMs = 0, stopTimeoutMs = 10_000 } = this.#options;
    const timeoutMs = Math.min(graceMs + stopTimeoutMs, MAX_TIMER_MS);
    const timer = setTimeout(() => worker.kill('SIGKILL'), timeoutMs);
    await exited;
    clearTimeout(timer);
  }
}
