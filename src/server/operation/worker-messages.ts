// What the primary and its workers say to each other.
import type { ServerOptions } from '../options.ts';
import type { GrowingFile } from '../quota/ledger.ts';
import type { Snapshot } from './metrics/process-metrics.ts';

/** The first message to a worker: what it is to serve. */
export interface WorkerSettings {
  readonly type: 'settings';
  readonly server: Omit<ServerOptions, 'log'>;
  readonly logLevel: string;
  readonly graceMs: number;
  /** The users file as the primary has read it: a worker that starts later, or may not read it, knows the same users. */
  readonly usersText?: string | undefined;
  /** Standard error unless set. */
  readonly logFile?: string | undefined;
  readonly xferlog?: string | undefined;
  /** Whether it counts what happens, and tells. */
  readonly metrics?: boolean | undefined;
}

/** Settings as they are from now on; connections that are offered behind it go by them. */
export interface ReloadOrder extends Pick<WorkerSettings, 'server' | 'logLevel' | 'graceMs' | 'usersText'> {
  readonly type: 'reload';
}

/** Comes with a socket: the control connection that the worker is to serve. */
export interface ConnectionOffer {
  readonly type: 'connection';
  readonly id: number;
}

/** Asks whether the process is there still, to be given connections. */
export interface Ping {
  readonly type: 'ping';
}

/** What a process says that takes connections. */
export type FromTaker =
  /** It has the connection; the primary may close its own copy of it. */
  | { readonly type: 'taken'; readonly id: number }
  /** A control connection that it had taken is over. */
  | { readonly type: 'over'; readonly id: number }
  /** The answer to a Ping. */
  | { readonly type: 'pong' }
  /** It takes nothing any more; it is about to end. */
  | { readonly type: 'leaving' };

/** What a worker tells of roots in which there are quotas; of a growth and a removal by the number that it has given it. */
export type QuotaMessage =
  | { readonly what: 'watch'; readonly root: string }
  | { readonly what: 'begin'; readonly root: string; readonly growth: number; readonly file: GrowingFile }
  | {
      readonly what: 'ask';
      readonly growth: number;
      readonly question: number;
      readonly neededBytes: number;
      readonly limitBytes: number;
    }
  | { readonly what: 'end'; readonly growth: number; readonly keptBytes: number }
  | { readonly what: 'freeing'; readonly root: string; readonly removal: number }
  | { readonly what: 'freed'; readonly removal: number; readonly bytes: number };

export type ToLedger = QuotaMessage & { readonly type: 'quota' };

/** What the primary says of quotas. */
export type FromLedger =
  /** Somebody has a quota in these roots: all changes are to be told. */
  | { readonly type: 'counted'; readonly roots: readonly string[] }
  /** The answer to a question: bytes, or null where there is no room. */
  | { readonly type: 'room'; readonly question: number; readonly bytes: number | null };

export type FromWorker =
  | FromTaker
  | ToLedger
  /** Said once, when the worker takes connections. */
  | { readonly type: 'serving' }
  /** What it has counted; `id` is that of the question, where it was asked. */
  | { readonly type: 'metrics'; readonly id?: number; readonly snapshot: Snapshot };

/** What a worker is told besides its settings and its connections. */
export type ToWorker =
  | { readonly type: 'metrics'; readonly id: number }
  /** Its log files were moved. */
  | { readonly type: 'reopen-logs' }
  | ReloadOrder;
