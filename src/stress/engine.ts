// What a run asks of the processes behind it, wherever they are: a server and a load for one block at a time.
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { Login, PeerName } from '../peers/types.ts';
import type { DataConnectionRecord } from '../server/record.ts';
import type { Attempt, Plan, Scenario, Weighted } from './types.ts';

export type { Login } from '../peers/types.ts';

/** The server of one block. */
export type ServerSpec =
  | {
      readonly kind: 'binder';
      readonly server: Endpoint;
      readonly root: string;
      readonly workers: number;
      readonly binder: BinderName;
      readonly retry: RetrySetting;
      readonly timeUnitMs: number;
      readonly bindToConnectMs: number;
    }
  | { readonly kind: 'peer'; readonly server: Endpoint; readonly root: string; readonly peer: PeerName }
  | { readonly kind: 'target'; readonly server: Endpoint; readonly login: Login };

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
  /** Of this scenario and block, whatever the strategy. */
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

export interface BlockAssignment {
  readonly server: ServerSpec;
  readonly loads: readonly LoadSpec[];
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

/** What came back from a block, not yet judged. Times are `Clock.nowMs()`. */
export interface RawBlock {
  readonly startedAtMs: number;
  readonly attempts: readonly Attempt[];
  /** Null where the server tells nothing: a peer, a target. */
  readonly records: readonly DataConnectionRecord[] | null;
  readonly generators: readonly GeneratorReport[];
  /** Sessions that were lost and could not log in again. */
  readonly lostSessions: number;
  readonly warnings: readonly string[];
}

export interface BlockHooks {
  /** The server is up and the load is about to begin. */
  onLoad?(server: RunningServer): void;
  /** What happened so far in this block. */
  onProgress?(progress: { offered: number; failed: number }): void;
  /** Ends the block early: no new transfers, those that run are given a moment, then cancelled. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunningServer {
  /** Where its data connections should come from. */
  readonly dataPort: number;
  /** The processes that hold its sockets, as of now; none when they are not on this machine. */
  pids(): readonly number[];
}

export interface Engine {
  /**
   * @throws InvalidRunError when a process behind it dies or cannot be started; the next block gets new ones
   */
  runBlock(assignment: BlockAssignment, hooks?: BlockHooks): Promise<RawBlock>;
  close(): Promise<void>;
}
