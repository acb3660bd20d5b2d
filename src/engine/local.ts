// The engine of one machine: the server's processes and the load generators as children of the coordinator.
import { systemClock } from '../clock.ts';
import {
  type BlockAssignment,
  type BlockHooks,
  type Engine,
  HERE,
  type Inside,
  type RawBlock,
} from '../run/engine.ts';
import { createBlockServers } from './block-servers.ts';
import { carry, type GeneratorChild, logIn, readyGenerators } from './generator-child.ts';
import { createRoutedNetwork, type RoutedNetwork } from './routed-network.ts';
import type { OpenServer } from './servers.ts';
import { createTally } from './tally.ts';

/** What a transfer that runs when a block is ended early may still take. */
const STOP_GRACE_MS = 2000;
/** Until the end of a server's process is known to us. */
const WORD_OF_AN_END_MS = 1000;
/** From the order to go until the load begins: every generator has heard it by then. */
const START_AFTER_MS = 20;

/** What this engine looks at of a block. */
export type Assigned = Pick<BlockAssignment, 'server' | 'loads'> & Partial<Pick<BlockAssignment, 'spec'>>;

export interface LocalEngine extends Engine {
  runBlock(assignment: Assigned, hooks?: BlockHooks): Promise<RawBlock>;
}

/** A network of the run's own is made when the first block wants it. */
export function createLocalEngine(): LocalEngine {
  const here = createProcesses(HERE, HERE);
  let routed: { readonly network: RoutedNetwork; readonly processes: Processes } | undefined;
  return {
    placeOf(scenario) {
      if (scenario.network === 'none') return undefined;
      routed ??= createRouted();
      routed.network.become(scenario.network);
      return routed.network;
    },
    async runBlock(assignment, hooks = {}) {
      const isHere = (assignment.spec?.scenario.network ?? 'none') === 'none';
      if (isHere || routed === undefined) return here.runBlock(assignment, hooks);
      const { network, processes } = routed;
      const raw = await processes.runBlock(assignment, hooks);
      network.requireWhole();
      return raw;
    },
    async close() {
      const ended = routed;
      routed = undefined;
      await Promise.all([here.close(), ended?.processes.close()]);
      await ended?.network.close();
    },
  };
}

function createRouted() {
  const network = createRoutedNetwork();
  return { network, processes: createProcesses(network.server.inside, network.clients.inside) };
}

interface Processes {
  runBlock(assignment: Assigned, hooks: BlockHooks): Promise<RawBlock>;
  close(): Promise<void>;
}

/** They start with the first block that needs them and are kept from block to block; a peer lives for one block. */
function createProcesses(ofServer: Inside, ofClients: Inside): Processes {
  const servers = createBlockServers(ofServer);
  let generators: readonly GeneratorChild[] = [];

  async function runBlock(assignment: Assigned, hooks: BlockHooks): Promise<RawBlock> {
    try {
      generators = await readyGenerators(generators, assignment.loads.length, ofClients);
      const server = await servers.open(assignment.server);
      const raw = await runOn(server, generators, assignment, hooks);
      return { ...raw, records: await servers.shut() };
    } catch (error) {
      // Whatever state the others are in, the next block must not inherit it.
      await close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    const ended = generators;
    generators = [];
    await Promise.all([servers.close(), ...ended.map((child) => child.end())]);
  }

  return { runBlock, close };
}

async function runOn(
  server: OpenServer,
  generators: readonly GeneratorChild[],
  { loads }: Assigned,
  hooks: BlockHooks,
): Promise<Omit<RawBlock, 'records'>> {
  // A server that dies in mid-block ends the block, whoever is being waited for.
  const unlessLost = <T>(work: Promise<T>): Promise<T> => Promise.race([work, server.lost]);
  const { login, dataPort } = server;
  const carriers = loads.map((spec, i) => ({
    load: { ...spec, login, dataPort },
    child: generators[i] as GeneratorChild,
  }));

  await unlessLost(Promise.all(carriers.map(({ child, load }) => logIn(child, load))));

  const tally = createTally(hooks);
  const stop = () => {
    for (const { child } of carriers) child.send({ type: 'stop', graceMs: STOP_GRACE_MS });
  };
  try {
    hooks.onLoad?.(server);
    const startMs = systemClock.nowMs() + START_AFTER_MS;
    const running = Promise.all(carriers.map(({ child }) => carry(child, startMs, tally.add)));
    if (hooks.signal?.aborted) stop();
    else hooks.signal?.addEventListener('abort', stop, { once: true });
    const done = await unlessLost(running);
    const lostSessions = done.reduce((sum, one) => sum + one.lostSessions, 0);
    const sessions = loads.reduce((sum, load) => sum + load.sessions.length, 0);
    // The sessions may know of the server's end before we do: a moment, and it can be said which process ended.
    if (lostSessions === sessions) await unlessLost(systemClock.sleep(WORD_OF_AN_END_MS));
    return {
      startedAtMs: startMs,
      attempts: tally.attempts,
      generators: done.map(({ generator }) => generator),
      lostSessions,
      warnings: done.flatMap(({ warnings }) => warnings),
    };
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
  }
}
