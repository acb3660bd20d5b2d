// A shard: the part of one block's load that one generator carries, a pure function of the plan, its seed and the shard's index.
import type { Endpoint } from '../address.ts';
import type { LoadSpec, RemoteFile } from '../load/spec.ts';
import { longestScheduleMs } from '../plan/contestants.ts';
import { seedOf } from '../plan/draws.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Plan, Scenario, Weighted } from '../plan/types.ts';

/** Shard `index`, from 0, of `of`. */
export interface ShardPlace {
  readonly index: number;
  readonly of: number;
}

/** What of a load is found where it runs, and changes nothing in what is drawn. */
export interface ShardGround {
  readonly server: Endpoint;
  readonly files: readonly Weighted<RemoteFile>[];
  readonly uploadFolder: string;
  /** The client's own address of each session, by its number. */
  addressOf(session: number): string;
}

/** The sessions are dealt out one by one, as the arrivals are. */
export function shardOf(plan: Plan, spec: BlockSpec, shard: ShardPlace, ground: ShardGround): LoadSpec {
  const { scenario, contestant, index } = spec;
  const { server, files, uploadFolder, addressOf } = ground;
  return {
    ...{ server, scenario, userPi: plan.userPi, requireDataPort: plan.requireDataPort },
    // The contestant is not in it: each meets the same arrivals, pauses and files.
    seed: seedOf(plan.seed, scenario.name, index),
    contentSeed: plan.seed,
    ...{ files, listPath: '', uploadFolder },
    acceptTimeoutMs: plan.timeoutMs + longestScheduleMs(plan, contestant),
    timeoutMs: plan.timeoutMs,
    name: `g${shard.index}`,
    share: shard,
    sessions: sessionsOf(scenario, shard).map((number) => ({ number, address: addressOf(number) })),
    transfers: shares(scenario.transfers, shard.of)[shard.index] ?? 0,
  };
}

function sessionsOf({ sessions }: Scenario, { index, of }: ShardPlace): number[] {
  return Array.from({ length: sessions }, (_, number) => number).filter((number) => number % of === index);
}

/** `total` in `parts` whole shares that differ by one at the most. */
export function shares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor((total + i) / parts));
}
