// Several server processes on one control port and one data port: node:cluster's primary side.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import { PreflightError } from '../errors.ts';
import { restartDelayMs } from './restart.ts';

export interface WorkerPoolOptions {
  /** The script that every worker runs; it must call `createServer(…).listen()` and end on SIGTERM. */
  readonly exec: string;
  readonly args: readonly string[];
  /** Options for Node itself; this process's own unless set. */
  readonly execArgv?: readonly string[];
  readonly workers: number;
  /** What a worker that was told to stop may still take before it is killed; 10 000 unless set. */
  readonly stopTimeoutMs?: number;
  /** Told of every worker that ended although nobody stopped it. */
  readonly onWorkerLost?: (loss: WorkerLoss) => void;
  readonly clock?: Clock;
}

export interface WorkerLoss {
  readonly pid: number;
  /** `exit status 1`, `SIGSEGV`. */
  readonly how: string;
  /** Undefined when it is not restarted: workers have been dying one after the other. */
  readonly restartInMs: number | undefined;
}

export interface WorkerPool {
  /** Where the workers listen, all of them. */
  readonly port: number;
  pids(): readonly number[];
  /** Rejects when workers die faster than it makes sense to restart them; resolves once the pool is stopped. */
  readonly ended: Promise<void>;
  /** SIGTERM to every worker, and SIGKILL to those that do not obey. May be called again. */
  stop(): Promise<void>;
}

/**
 * Forks the workers; resolves when all of them listen. node:cluster keeps its settings per process, so there is one
 * pool a process at a time. @throws PreflightError when a worker ends before it listens (its own error is on stderr)
 */
export async function startWorkers(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { exec, args, execArgv = process.execArgv, workers } = options;
  cluster.setupPrimary({ exec, args: [...args], execArgv: [...execArgv] });
  const pool = new Pool(options);
  try {
    const ports = await Promise.all(Array.from({ length: workers }, () => pool.start()));
    pool.port = ports[0] ?? 0;
  } catch (error) {
    await pool.stop();
    throw error;
  }
  return pool;
}

class Pool implements WorkerPool {
  port = 0;
  readonly ended: Promise<void>;
  readonly #options: WorkerPoolOptions;
  readonly #clock: Clock;
  readonly #workers = new Set<Worker>();
  readonly #stopping = new AbortController();
  #lossesAtMs: number[] = [];
  #stopped: Promise<void> | undefined;
  #settle: { resolve(): void; reject(error: Error): void } = { resolve() {}, reject() {} };

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => {}); // who stops the pool need not have waited for its end
  }

  pids(): readonly number[] {
    return [...this.#workers].flatMap((worker) => worker.process.pid ?? []);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Resolves with the port once the worker listens. @throws PreflightError when it ends before */
  async start(): Promise<number> {
    const worker = cluster.fork();
    this.#workers.add(worker);
    let listening = false;
    const port = new Promise<number>((resolve, reject) => {
      worker.once('listening', (address: AddressInfo) => {
        listening = true;
        resolve(address.port);
      });
      worker.once('exit', (exitStatus: number | null, signal: string | null) => {
        this.#workers.delete(worker);
        const how = signal ?? `exit status ${exitStatus}`;
        reject(new PreflightError(`a server process ended before it listened: ${how}`));
        if (listening) void this.#replace(worker, how);
      });
    });
    return port;
  }

  async #replace(worker: Worker, how: string): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const nowMs = this.#clock.nowMs();
    this.#lossesAtMs.push(nowMs);
    const restartInMs = restartDelayMs(this.#lossesAtMs, nowMs);
    this.#options.onWorkerLost?.({ pid: worker.process.pid ?? 0, how, restartInMs });
    try {
      if (restartInMs === undefined) throw new PreflightError(`server processes keep ending: ${how}`);
      await this.#clock.sleep(restartInMs, this.#stopping.signal);
      await this.start();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#settle.reject(error as Error);
      await this.stop();
    }
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#workers].map((worker) => this.#stopOne(worker)));
    this.#settle.resolve();
  }

  async #stopOne(worker: Worker): Promise<void> {
    const exited = once(worker, 'exit');
    worker.process.kill('SIGTERM');
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#options.stopTimeoutMs ?? 10_000);
    await exited;
    clearTimeout(timer);
  }
}
