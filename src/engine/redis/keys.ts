// The names of everything in Redis: few, all of them with an end, so that whoever dies leaves nothing for ever.

/** Agents and coordinators of one protocol understand each other; of two versions of port20 they may not. */
export const PROTOCOL = 1;

/** What an agent is called: part of keys. */
export const NAME = /^[\w.-]{1,64}$/;

/** BullMQ's keys are `port20:agent-NAME:…`: it allows no colon in a queue's name. */
export const BULLMQ_PREFIX = 'port20';

export function queueOf(agent: string): string {
  return `agent-${agent}`;
}

const AGENT = 'port20:registered:';
export const ANY_AGENT = `${AGENT}*`;
export const agentKey = (agent: string) => `${AGENT}${agent}`;
/** The run that has the agent. */
export const leaseKey = (agent: string) => `port20:lease:${agent}`;

export interface RunKeys {
  /** The coordinator that has the run. */
  readonly owner: string;
  /** Token → `open`, `completed` or `lost`: the one place where a shard's end is decided. */
  readonly shards: string;
  /** From the agents to the coordinator. */
  readonly inbox: string;
  plan(digest: string): string;
  /** To the agent that has the shard. */
  orders(token: string): string;
}

export function keysOfRun(run: string): RunKeys {
  const key = `port20:run:${run}`;
  return {
    owner: `${key}:owner`,
    shards: `${key}:shards`,
    inbox: `${key}:inbox`,
    plan: (digest) => `${key}:plan:${digest}`,
    orders: (token) => `${key}:orders:${token}`,
  };
}

/** Of what says that somebody is there; renewed while it is true. */
export const PRESENCE_MS = 15_000;
export const RENEW_EVERY_MS = 3000;
/** Of what a run has in Redis; renewed with each block. */
export const RUN_TTL_MS = 600_000;
