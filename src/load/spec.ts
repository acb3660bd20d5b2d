// What one generator is asked to carry, and what it says of itself afterwards.
import type { Endpoint } from '../address.ts';
import type { Login } from '../peers/types.ts';
import type { Plan, Scenario, Weighted } from '../plan/types.ts';

/** A file to fetch. */
export interface RemoteFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-1, in hex. */
  readonly hash: string;
}

/** The part of one block's load that one generator carries. */
export interface LoadSpec {
  /** Unique among the generators of a block: their uploads must not meet. */
  readonly name: string;
  readonly server: Endpoint;
  /** Generator `index` of `of`: of an open workload it takes every such arrival. */
  readonly share: { readonly index: number; readonly of: number };
  /** Numbered through all generators. */
  readonly sessions: readonly { readonly number: number; readonly address: string }[];
  readonly scenario: Scenario;
  /** Of this scenario and block, whatever the contestant. */
  readonly seed: number;
  readonly files: readonly Weighted<RemoteFile>[];
  readonly listPath: string;
  /** Where uploads go: `uploads/` or nothing. */
  readonly uploadFolder: string;
  readonly contentSeed: number;
  readonly userPi: Plan['userPi'];
  readonly requireDataPort: boolean;
  /** At the most; 0 for no limit. */
  readonly transfers: number;
  /** The client's patience with a data connection, the longest retry schedule included. */
  readonly acceptTimeoutMs: number;
  readonly timeoutMs: number;
}

/** What a generator gets: the server is up by then. */
export interface StartedLoad extends LoadSpec {
  readonly login: Login;
  readonly dataPort: number;
}

/** What a generator process saw of itself during the load. */
export interface GeneratorReport {
  /** Of a core, by the thread that runs the load. */
  readonly cpuShare: number;
  readonly runQueueShare: number | null;
  readonly eventLoopLagP99Ms: number;
  readonly eventLoopLagMaxMs: number;
  readonly descriptors: number;
}
