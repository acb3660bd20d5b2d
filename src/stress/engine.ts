// What a run asks of the processes behind it, wherever they are: a server and a load for one block at a time.
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { DataConnectionRecord } from '../server/record.ts';
import type { Attempt, Direction } from './types.ts';

/** The server of one block. */
export interface ServerSpec {
  readonly server: Endpoint;
  readonly root: string;
  readonly binder: BinderName;
  readonly retry: RetrySetting;
  readonly timeUnitMs: number;
  readonly bindToConnectMs: number;
}

/** The part of one block's load that one generator carries. */
export interface LoadSpec {
  /** Unique among the generators of a block: their uploads must not meet. */
  readonly name: string;
  readonly server: Endpoint;
  /** One session each, from an address of its own. */
  readonly clientAddresses: readonly string[];
  readonly direction: Direction;
  /** What to fetch or list; uploads go to `upload-<name>-<session>` beside it. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly durationMs: number;
  /** At the most; 0 for no limit. */
  readonly transfers: number;
  /** The client's patience with a data connection, the longest retry schedule included. */
  readonly acceptTimeoutMs: number;
  readonly timeoutMs: number;
}

export interface BlockAssignment {
  readonly server: ServerSpec;
  readonly loads: readonly LoadSpec[];
  readonly workers: number;
}

/** What came back from a block, not yet judged. Times are `Clock.nowMs()`. */
export interface RawBlock {
  readonly startedAtMs: number;
  readonly attempts: readonly Attempt[];
  readonly records: readonly DataConnectionRecord[];
  /** Longest delay of a generator's event loop during the load. */
  readonly generatorLagMs: number;
  readonly warnings: readonly string[];
}

export interface BlockHooks {
  /** The load begins; these processes hold the server's sockets. */
  onLoad?(serverPids: readonly number[]): void;
  /** What happened so far in this block. */
  onProgress?(progress: { offered: number; failed: number }): void;
  /** Ends the block early: no new transfers, those that run are given a moment, then cancelled. */
  readonly signal?: AbortSignal | undefined;
}

export interface Engine {
  /** @throws InvalidRunError when a process behind it dies in mid-block; the next block gets new ones */
  runBlock(assignment: BlockAssignment, hooks?: BlockHooks): Promise<RawBlock>;
  close(): Promise<void>;
}
