// What the probe and the processes of an experiment say to each other: one order, one answer.
import type { Endpoint } from '../../address.ts';
import type { BinderName } from '../../binder/types.ts';
import type { OptionSet } from '../types.ts';

/** Many transfers at once that all dial back from one local port. */
export interface Contest {
  readonly binder: BinderName;
  /** The port that all compete for. */
  readonly local: Endpoint;
  /** Where this process's clients listen, each on a port of its own. */
  readonly clientAddress: string;
  readonly concurrent: number;
  readonly transfers: number;
  /** Length of one second of the retry schedule in milliseconds. */
  readonly timeUnitMs: number;
  readonly bindToConnectMs: number;
}

/** What came of a contest. */
export interface Tally {
  readonly completed: number;
  /** bind(2) calls that found the port in use. */
  readonly collisions: number;
  /** Transfers that used up their tries. */
  readonly gaveUp: number;
  /** Transfers that failed in another way. */
  readonly otherFailures: number;
}

export type Timestamps = '0' | '1';

/** Of the side that dials, which is a server in active mode, and of the side that listens. */
export interface TimestampsOfBoth {
  readonly server: Timestamps;
  readonly client: Timestamps;
}

/** By binder: `ok`, or the phase of the second transfer that failed and its errno. */
export type SecondTransfers = Readonly<Record<BinderName, string>>;

export type Order =
  /** Bind, and keep what was bound; the answer is `ok` or the errno by name. */
  | {
      readonly type: 'bind';
      readonly local: Endpoint;
      readonly options: OptionSet;
      readonly listen: boolean;
    }
  | { readonly type: 'contend'; readonly contest: Contest }
  /** In a network namespace of the worker's own: the answer of a second connect(2) over a 4-tuple in TIME_WAIT. */
  | { readonly type: 'reconnect'; readonly timestamps: Timestamps }
  /** In a namespace of the worker's own, linked to that of a second one: the same transfer twice, by each binder. */
  | { readonly type: 'transfers-across'; readonly timestamps: TimestampsOfBoth }
  /** To that second one: where it listens, and to take one connection and end it. */
  | { readonly type: 'listen-across'; readonly timestamps: Timestamps }
  | { readonly type: 'close-accepted' };

export interface Answers {
  readonly bind: string;
  readonly contend: Tally;
  readonly reconnect: string;
  readonly 'transfers-across': SecondTransfers | { readonly problem: string };
  readonly 'listen-across': Endpoint;
  readonly 'close-accepted': boolean;
}

export type FromWorker =
  | { readonly type: 'up' }
  | { readonly type: 'answer'; readonly answer: Answers[Order['type']] }
  | { readonly type: 'failed'; readonly message: string };
