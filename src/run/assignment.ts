// From a block of the plan to orders: what its server is to do, and which part of the load each generator carries.
import type { Endpoint } from '../address.ts';
import type { LoadSpec, RemoteFile } from '../load/spec.ts';
import { longestScheduleMs, retryOf } from '../plan/contestants.ts';
import { seedOf, sizesOf } from '../plan/draws.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Contestant, Plan, Scenario, Weighted } from '../plan/types.ts';
import type { AddressPool } from './address-pool.ts';
import type { BlockAssignment, ServerSpec } from './engine.ts';
import { type Fixtures, UPLOAD_FOLDER } from './fixtures.ts';
import type { PreparedTarget } from './targets.ts';

/** What the blocks of a run share. */
export interface BlockGround {
  readonly fixtures: Fixtures;
  readonly pool: AddressPool;
  /** By the name of the contestant. */
  readonly targets: ReadonlyMap<string, PreparedTarget>;
}

export function assignBlock(
  plan: Plan,
  spec: BlockSpec,
  server: Endpoint,
  ground: BlockGround,
): BlockAssignment {
  const { scenario, contestant, index } = spec;
  const { fixtures, pool, targets } = ground;
  const target = targets.get(contestant.name);
  const load: Omit<LoadSpec, 'sessions' | 'transfers' | 'name' | 'share'> = {
    ...{ server, scenario, userPi: plan.userPi, requireDataPort: plan.requireDataPort },
    // The contestant is not in it: each meets the same arrivals, pauses and files.
    seed: seedOf(plan.seed, scenario.name, index),
    contentSeed: plan.seed,
    files: target === undefined ? fixtures.filesOf(scenario) : filesOfTarget(target, scenario),
    listPath: '',
    uploadFolder: target === undefined ? UPLOAD_FOLDER : '',
    acceptTimeoutMs: plan.timeoutMs + longestScheduleMs(plan, contestant),
    timeoutMs: plan.timeoutMs,
  };
  const addresses = clientAddresses(scenario, target?.clientAddress ?? null, pool);
  const transfers = shares(scenario.transfers, plan.generators);
  const carriers = Array.from({ length: plan.generators }, (_, i) => i);
  return {
    server: serverSpec(plan, scenario, contestant, server, ground),
    loads: carriers.map((i) => ({
      ...load,
      name: `g${i}`,
      share: { index: i, of: plan.generators },
      sessions: addresses
        .map((address, number) => ({ number, address }))
        .filter(({ number }) => number % plan.generators === i),
      transfers: transfers[i] ?? 0,
    })),
  };
}

/** Its own file; where none was named, uploads alone have a size, which is the plan's. */
function filesOfTarget({ file }: PreparedTarget, { fileSize }: Scenario): readonly Weighted<RemoteFile>[] {
  if (file !== null) return [{ value: file, weight: 1 }];
  return sizesOf(fileSize).map(({ value: bytes, weight }) => ({
    value: { path: '', bytes, hash: '' },
    weight,
  }));
}

function serverSpec(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  server: Endpoint,
  { fixtures, targets }: BlockGround,
): ServerSpec {
  switch (contestant.kind) {
    case 'binder':
      return {
        ...{
          kind: 'binder',
          server,
          root: fixtures.root,
          workers: plan.workers,
          timeUnitMs: plan.timeUnitMs,
        },
        binder: contestant.binder,
        retry: retryOf(plan, contestant.binder),
        bindToConnectMs: scenario.bindToConnectMs,
      };
    case 'peer':
      return { kind: 'peer', server, root: fixtures.root, peer: contestant.peer };
    case 'target':
      return {
        kind: 'target',
        server,
        login: targets.get(contestant.name)?.login ?? { user: '', password: '' },
      };
    default:
      return contestant satisfies never;
  }
}

/** Session by session. A server that is not on this machine is reached from the address that the route gives. */
function clientAddresses(
  { sessions, clientAddresses: count }: Scenario,
  fixed: string | null,
  pool: AddressPool,
) {
  const own = Array.from({ length: count === 'each' ? sessions : count }, () => fixed ?? pool.client());
  return Array.from({ length: sessions }, (_, i) => own[i % own.length] as string);
}

/** `total` in `parts` whole shares that differ by one at the most. */
export function shares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor((total + i) / parts));
}
