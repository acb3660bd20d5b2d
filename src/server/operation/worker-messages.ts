// What the primary and its workers say to each other.
import type { ServerOptions } from '../options.ts';

/** The first message to a worker: what it is to serve. */
export interface WorkerSettings {
  readonly type: 'settings';
  readonly server: Omit<ServerOptions, 'log'>;
  readonly logLevel: string;
  /** Where the primary listens. */
  readonly controlPort: number;
}

/** Comes with a socket: the control connection that the worker is to serve. */
export interface ConnectionOffer {
  readonly type: 'connection';
  readonly id: number;
}

/** What a process says that takes connections. */
export type FromTaker =
  /** It has the connection; the primary may close its own copy of it. */
  | { readonly type: 'taken'; readonly id: number }
  /** A control connection that it had taken is over. */
  | { readonly type: 'over'; readonly id: number }
  /** It takes nothing any more; it is about to end. */
  | { readonly type: 'leaving' };

/** Said once, when the worker takes connections. */
export type FromWorker = FromTaker | { readonly type: 'serving' };
