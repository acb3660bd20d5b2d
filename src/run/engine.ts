// What a run asks of the processes behind it, wherever they are: a server and a load for one block at a time.
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { GeneratorReport, LoadSpec } from '../load/spec.ts';
import type { Login, PeerName } from '../peers/types.ts';
import type { Attempt } from '../result/attempt.ts';
import type { BlockWarning } from '../result/types.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';

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

export interface BlockAssignment {
  readonly server: ServerSpec;
  readonly loads: readonly LoadSpec[];
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
  /** What the generators noted. */
  readonly warnings: readonly BlockWarning[];
}

export interface BlockHooks {
  /** The server is up and the load is about to begin. */
  onLoad?(server: RunningServer): void;
  /** What happened so far in this block. */
  onProgress?(progress: { offered: number; completed: number; failed: number }): void;
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
