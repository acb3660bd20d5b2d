// Which agents there are, which of them can carry a run's shards, and why the others cannot.
import type { Redis } from 'ioredis';
import { isLoopback } from '../../address.ts';
import { routeAddress } from '../../net/route.ts';
import { VERSION } from '../../version.ts';
import { ANY_AGENT, PROTOCOL } from './keys.ts';
import { parsedBy, type Registration, registrationSchema } from './messages.ts';
import { admits } from './networks.ts';

export interface Wanted {
  /** Addresses of the plan's targets. */
  readonly targets: readonly string[];
  /** Whether the run starts servers itself, where the agents can reach them. */
  readonly startsServers: boolean;
  /** The most sessions of a shard. */
  readonly sessions: number;
}

export interface Found {
  readonly fit: readonly Registration[];
  /** One line each: `agent a2 (10.0.0.3) is port20 0.2.0, this is 0.1.0`. */
  readonly unfit: readonly string[];
}

const SCAN_COUNT = 500;
/** Control and data connection, and the listener between them. */
const DESCRIPTORS_A_SESSION = 3;
const OWN_DESCRIPTORS = 64;

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
  const fit: Registration[] = [];
  const unfit: string[] = [];
  const all = await registrations(redis);
  const own = wanted.startsServers ? [await serverAddress(all)] : [];
  for (const agent of all) {
    const why = whyNot(agent, { ...wanted, servers: [...wanted.targets, ...own] });
    if (why === undefined) fit.push(agent);
    else unfit.push(`agent ${agent.name} (${agent.addresses[0]}) ${why}`);
  }
  return { fit, unfit };
}

/** Agents on this machine share it over loopback; others reach it at the address that the route to them has. */
export async function serverAddress(agents: readonly Registration[]): Promise<string> {
  const far = agents.flatMap(({ addresses }) => addresses).find((address) => !isLoopback(address));
  return far === undefined ? '127.0.0.1' : await routeAddress(far);
}

function whyNot(
  agent: Registration,
  { servers, sessions }: Wanted & { readonly servers: readonly string[] },
): string | undefined {
  if (agent.version !== VERSION || agent.protocol !== PROTOCOL) {
    return `is port20 ${agent.version}, this is ${VERSION}: run one version on all machines`;
  }
  if (agent.draining) return 'is ending';
  const strange = servers.find((server) => !admits(agent.allow, server));
  if (strange !== undefined) return `does not load ${strange}: start it with --allow ${strange}`;
  if (agent.addresses.every(isLoopback) && !servers.every(isLoopback)) {
    return `is reached at ${agent.addresses[0]} alone: start it with --address`;
  }
  const needed = sessions * DESCRIPTORS_A_SESSION + OWN_DESCRIPTORS;
  if (agent.descriptorLimit !== null && agent.descriptorLimit < needed) {
    return `may open ${agent.descriptorLimit} files, and ${sessions} sessions take ${needed}: raise its ulimit -n`;
  }
  return undefined;
}
