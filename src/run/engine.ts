// What a run asks of the processes behind it, wherever they are: a server and a load for one block at a time.
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import { InvalidRunError } from '../errors.ts';
import type { GeneratorReport, LoadSpec } from '../load/spec.ts';
import type { Login, PeerName } from '../peers/types.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Plan, Scenario } from '../plan/types.ts';
import type { Attempt } from '../result/attempt.ts';
import type { Agent, BlockWarning, LostShard, Shard } from '../result/types.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import type { AddressPool } from './address-pool.ts';

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
      readonly tls: Scenario['tls'];
    }
  | { readonly kind: 'peer'; readonly server: Endpoint; readonly root: string; readonly peer: PeerName }
  | { readonly kind: 'target'; readonly server: Endpoint; readonly login: Login };

export interface BlockAssignment {
  /** What was asked for: an engine whose generators are elsewhere sends them there, and not what follows from it. */
  readonly plan: Plan;
  readonly spec: BlockSpec;
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
  /** One for each of `generators`, where they are agents. */
  readonly shards?: readonly Shard[];
  /** How far the attempts' times may be off from the records', where another machine's clock took them. */
  readonly clockErrorMs?: number;
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

/** Parts of a block were lost: what the others measured is no block. */
export class ShardLostError extends InvalidRunError {
  readonly shards: readonly Omit<LostShard, 'again'>[];
  /** Whether the block can be run again: enough agents are left. */
  readonly canRunAgain: boolean;

  constructor(message: string, shards: readonly Omit<LostShard, 'again'>[], canRunAgain: boolean) {
    super(message);
    this.shards = shards;
    this.canRunAgain = canRunAgain;
  }
}

/** What is different where the load comes from other machines. */
export interface Elsewhere {
  /** Addresses of servers that the agents reach; the agents have the clients'. */
  readonly pool: AddressPool;
  readonly agents: readonly Agent[];
}

/** Runs `work`, which is synchronous, in a network: what it looks at is there, and the processes that it starts stay there. */
export type Inside = <T>(work: () => T) => T;

export const HERE: Inside = (work) => work();

/** A network of its own: the servers are in it, the coordinator is not. */
export interface Place {
  /** Its addresses, of both sides. */
  readonly pool: AddressPool;
  /** Where the server's sockets are. */
  readonly inside: Inside;
}

export interface Engine {
  /** Undefined: every process of the run is on this machine. */
  readonly elsewhere?: Elsewhere;
  /**
   * Where the next block is to be run; undefined where its scenario wants no network, and where there is no such method.
   * @throws PreflightError where it cannot be made
   */
  placeOf?(scenario: Scenario): Place | undefined;
  /**
   * @throws InvalidRunError when a process behind it dies or cannot be started; the next block gets new ones. ShardLostError
   * when agents are lost
   */
  runBlock(assignment: BlockAssignment, hooks?: BlockHooks): Promise<RawBlock>;
  close(): Promise<void>;
}
