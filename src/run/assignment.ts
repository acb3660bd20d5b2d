// From a block of the plan to orders: what its server is to do, and which part of the load each generator carries.
import type { Endpoint } from '../address.ts';
import type { RemoteFile } from '../load/spec.ts';
import { retryOf } from '../plan/contestants.ts';
import { sizesOf } from '../plan/draws.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Contestant, Plan, Scenario, Weighted } from '../plan/types.ts';
import type { AddressPool } from './address-pool.ts';
import type { BlockAssignment, ServerSpec } from './engine.ts';
import { type Fixtures, UPLOAD_FOLDER } from './fixtures.ts';
import { shardOf } from './shard.ts';
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
  const { scenario, contestant } = spec;
  const { fixtures, pool, targets } = ground;
  const target = targets.get(contestant.name);
  const addresses = clientAddresses(scenario, target?.clientAddress ?? null, pool);
  const places = Array.from({ length: plan.generators }, (_, index) => ({ index, of: plan.generators }));
  return {
    ...{ plan, spec, server: serverSpec(plan, scenario, contestant, server, ground) },
    loads: places.map((shard) =>
      shardOf(plan, spec, shard, {
        server,
        files: target === undefined ? fixtures.filesOf(scenario) : filesOfTarget(target, scenario),
        uploadFolder: target === undefined ? UPLOAD_FOLDER : '',
        addressOf: (session) => addresses[session] as string,
      }),
    ),
  };
}

/** Its own file; where none was named, uploads alone have a size, which is the plan's. */
export function filesOfTarget(
  { file }: Pick<PreparedTarget, 'file'>,
  { fileSize }: Scenario,
): readonly Weighted<RemoteFile>[] {
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
        tls: scenario.tls,
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
