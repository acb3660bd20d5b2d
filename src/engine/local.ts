// The engine of one machine: the server's processes and the load generators as children of the coordinator.
import { systemClock } from '../clock.ts';
import type { BlockAssignment, BlockHooks, Engine, RawBlock } from '../stress/engine.ts';
import { failureKey } from '../stress/outcome.ts';
import type { Attempt } from '../stress/types.ts';
import { type Child, startChild } from './child.ts';
import type { FromGenerator, FromServer, ToGenerator, ToServer } from './messages.ts';

/** What a transfer that runs when a block is ended early may still take. */
const STOP_GRACE_MS = 2000;

type GeneratorChild = Child<ToGenerator, FromGenerator>;

interface Host {
  readonly child: Child<ToServer, FromServer>;
  readonly pids: readonly number[];
  readonly workers: number;
}

/** Children start with the first block that needs them and are kept from block to block. */
export function createLocalEngine(): Engine {
  let host: Host | undefined;
  let generators: readonly GeneratorChild[] = [];

  async function runBlock(assignment: BlockAssignment, hooks: BlockHooks = {}): Promise<RawBlock> {
    try {
      host = await readyHost(host, assignment.workers);
      generators = await readyGenerators(generators, assignment.loads.length);
      return await runOn(host, generators, assignment, hooks);
    } catch (error) {
      // Whatever state the others are in, the next block must not inherit it.
      await close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    const [endedHost, endedGenerators] = [host, generators];
    host = undefined;
    generators = [];
    await Promise.all([endHost(endedHost), ...endedGenerators.map((child) => child.end())]);
  }

  return { runBlock, close };
}

async function readyHost(host: Host | undefined, workers: number): Promise<Host> {
  if (host?.child.alive && host.workers === workers) return host;
  await endHost(host);
  const child = startChild<ToServer, FromServer>('server', './server-host.js', [String(workers)]);
  const { pids } = await child.next('up');
  return { child, pids, workers };
}

async function endHost(host: Host | undefined): Promise<void> {
  await host?.child.end({ type: 'end' });
}

async function readyGenerators(present: readonly GeneratorChild[], count: number): Promise<GeneratorChild[]> {
  const missing = Math.max(0, count - present.length);
  const added = Array.from({ length: missing }, () =>
    startChild<ToGenerator, FromGenerator>('load generator', './generator.js'),
  );
  await Promise.all(added.map((child) => child.next('up')));
  return [...present, ...added];
}

async function runOn(
  { child: server, pids }: Host,
  generators: readonly GeneratorChild[],
  { server: serverSpec, loads }: BlockAssignment,
  hooks: BlockHooks,
): Promise<RawBlock> {
  // A server that dies in mid-block ends the block, whoever is being waited for.
  const unlessLost = <T>(work: Promise<T>): Promise<T> => Promise.race([work, server.lost]);
  const carriers = loads.map((spec, i) => ({ spec, child: generators[i] as GeneratorChild }));

  await unlessLost(ask(server, { type: 'open', spec: serverSpec }, 'opened'));
  await unlessLost(
    Promise.all(carriers.map(({ child, spec }) => ask(child, { type: 'log-in', spec }, 'ready'))),
  );

  const tally = createTally(hooks);
  const stop = () => {
    for (const { child } of carriers) child.send({ type: 'stop', graceMs: STOP_GRACE_MS });
  };
  const release = carriers.map(({ child }) => child.on('attempts', ({ attempts }) => tally.add(attempts)));
  try {
    hooks.onLoad?.(pids);
    const startedAtMs = systemClock.nowMs();
    const running = Promise.all(carriers.map(({ child }) => ask(child, { type: 'go' }, 'done')));
    if (hooks.signal?.aborted) stop();
    else hooks.signal?.addEventListener('abort', stop, { once: true });
    const done = await unlessLost(running);
    const { records } = await ask(server, { type: 'shut' }, 'shut');
    return {
      startedAtMs,
      attempts: tally.attempts,
      records,
      generatorLagMs: Math.max(...done.map(({ lagMs }) => lagMs)),
      warnings: done.flatMap(({ warnings }) => warnings),
    };
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
    for (const end of release) end();
  }
}

function ask<To extends { type: string }, From extends { type: string }, Type extends From['type']>(
  child: Child<To, From>,
  order: To,
  answer: Type,
): Promise<Extract<From, { type: Type }>> {
  const answered = child.next(answer);
  child.send(order);
  return answered;
}

/** Gathers the attempts of a block and says how it goes. */
function createTally(hooks: BlockHooks): {
  readonly attempts: Attempt[];
  add(some: readonly Attempt[]): void;
} {
  const attempts: Attempt[] = [];
  let failed = 0;
  return {
    attempts,
    add(some) {
      attempts.push(...some);
      failed += some.filter(({ outcome }) => failureKey(outcome) !== undefined).length;
      hooks.onProgress?.({ offered: attempts.length, failed });
    },
  };
}
