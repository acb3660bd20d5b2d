// Which agents there are, which of them can carry a run's shards, where they reach its servers, and why the others cannot.
import type { Redis } from 'ioredis';
import { isLoopback } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { routeAddress } from '../../net/route.ts';
import { VERSION } from '../../version.ts';
import { ANY_AGENT, PROTOCOL } from './keys.ts';
import { parsedBy, type Registration, registrationSchema } from './messages.ts';
import { admits, clientAddresses } from './networks.ts';

export interface Wanted {
  /** Addresses of the plan's targets. */
  readonly targets: readonly string[];
  /** Where the servers are that the run starts itself: `none` without any, `any` where it has not been settled. */
  readonly servers: 'none' | 'any' | { readonly at: string };
  /** The most sessions of a shard. */
  readonly sessions: number;
  /** Whether this instance lost its shard by silence a moment ago, although it is still registered. */
  isSilent(instance: string): boolean;
}

export interface Found {
  readonly fit: readonly Registration[];
  /** One line each: `agent a2 (10.0.0.3) is port20 0.2.0, this is 0.1.0`. */
  readonly unfit: readonly string[];
  /** Where those that fit reach the run's own servers. */
  readonly server: string;
}

/** How an agent is reached from here. */
export interface Reached {
  readonly agent: Registration;
  /** The address of this machine towards it; undefined where there is no way. */
  readonly from: string | undefined;
  /** Why not. */
  readonly problem?: string;
}

const SCAN_COUNT = 500;
/** Control and data connection, and the listener between them. */
const DESCRIPTORS_A_SESSION = 3;
const OWN_DESCRIPTORS = 64;
const HERE = '127.0.0.1';

/** All that are registered, by their names. */
export async function registrations(redis: Redis): Promise<Registration[]> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, some] = await redis.scan(cursor, 'MATCH', ANY_AGENT, 'COUNT', SCAN_COUNT);
    for (const key of some) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  if (keys.size === 0) return [];
  const texts = await redis.mget(...keys);
  return texts
    .flatMap((text) => parsedBy(registrationSchema, text ?? '') ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function findAgents(redis: Redis, wanted: Wanted): Promise<Found> {
  const reached: Reached[] = [];
  for (const agent of await registrations(redis)) reached.push(await reach(agent));
  return sortOut(reached, wanted);
}

/** Agents on this machine share it over loopback; others reach it at the address that the route to them has. */
async function reach(agent: Registration): Promise<Reached> {
  const far = agent.addresses.find((address) => !isLoopback(address));
  if (far === undefined) return { agent, from: HERE };
  try {
    return { agent, from: await routeAddress(far) };
  } catch (error) {
    return {
      agent,
      from: undefined,
      problem: `cannot be reached from here at ${far}: ${errorCodeOf(error)}`,
    };
  }
}

/**
 * One stray registration is nobody else's trouble: the servers are where most of the agents reach them, and off loopback
 * where as many do.
 */
export function sortOut(agents: readonly Reached[], wanted: Wanted): Found {
  const { servers } = wanted;
  if (servers !== 'any') return sortedFor(agents, wanted, servers === 'none' ? HERE : servers.at);
  const froms = [...new Set(agents.flatMap(({ from }) => from ?? []))];
  const found = [...froms, ...(froms.length === 0 ? [HERE] : [])].map((at) =>
    sortedFor(agents, { ...wanted, servers: { at } }, at),
  );
  const far = ({ server }: Found) => Number(!isLoopback(server));
  const [best] = found.sort((a, b) => b.fit.length - a.fit.length || far(b) - far(a));
  return best as Found;
}

function sortedFor(agents: readonly Reached[], wanted: Wanted, server: string): Found {
  const fit: Registration[] = [];
  const unfit: string[] = [];
  for (const one of agents) {
    const why = whyNot(one, wanted);
    if (why === undefined) fit.push(one.agent);
    else unfit.push(`agent ${one.agent.name} (${one.agent.addresses[0]}) ${why}`);
  }
  return { fit, unfit, server };
}

function whyNot({ agent, from, problem }: Reached, wanted: Wanted): string | undefined {
  const { targets, servers, sessions, isSilent } = wanted;
  if (agent.version !== VERSION || agent.protocol !== PROTOCOL) {
    return `is port20 ${agent.version}, this is ${VERSION}: run one version on all machines`;
  }
  if (agent.draining) return 'is ending';
  if (isSilent(agent.instance)) return 'was not heard of a moment ago';
  if (typeof servers === 'object' && problem !== undefined) return problem;
  const all = [...targets, ...(typeof servers === 'object' ? [servers.at] : [])];
  const strange = all.find((server) => !admits(agent.allow, server));
  if (strange !== undefined) return `does not load ${strange}: start it with --allow ${strange}`;
  const elsewhere = all.find(
    (server) => isLoopback(server) && from !== HERE && !agent.addresses.includes(from ?? ''),
  );
  if (elsewhere !== undefined) return `is on another machine, whose ${elsewhere} is another server`;
  const deaf = all.find((server) => clientAddresses(agent.addresses, server)?.length === 0);
  if (deaf !== undefined) {
    return `is reached at ${agent.addresses.join(', ')} alone, and not from ${deaf}: start it with --address`;
  }
  const needed = sessions * DESCRIPTORS_A_SESSION + OWN_DESCRIPTORS;
  if (agent.descriptorLimit !== null && agent.descriptorLimit < needed) {
    return `may open ${agent.descriptorLimit} files, and ${sessions} sessions take ${needed}: raise its ulimit -n`;
  }
  return undefined;
}
