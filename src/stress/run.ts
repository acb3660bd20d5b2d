// A run: the plan's blocks in balanced order, each on an address of its own, to one result.
import { systemClock } from '../clock.ts';
import { InvalidRunError } from '../errors.ts';
import { readTcpCounter } from '../net/proc.ts';
import { socketTableAvailable } from '../net/socket-table.ts';
import { blocksForHolm } from '../stats/holm.ts';
import { VERSION } from '../version.ts';
import { type AddressPool, createAddressPool } from './address-pool.ts';
import { assignBlock } from './assignment.ts';
import { type BlockFacts, failedBlock, judgeBlock } from './block.ts';
import type { Engine } from './engine.ts';
import { createFixtures, type Fixtures } from './fixtures.ts';
import { describeHost } from './host.ts';
import { leftOvers, type Monitor, watchDataPort } from './monitor.ts';
import { type BlockSpec, blockOrder } from './schedule.ts';
import { compareWithBaseline, isTelling, summarizeStrategies } from './summary.ts';
import type { BlockResult, Plan, Progress, RunResult } from './types.ts';

export interface RunOptions {
  /** What `port20 probe` measures of this kernel; kept in the result. */
  readonly truthTableDigest?: string | null;
  /** Ends the block that runs and leaves a partial result. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  onBlock?(block: BlockResult): void;
}

/** Runs the whole plan on `engine`, which stays open. An interrupted run resolves too, with `partial` set. */
export async function runPlan(plan: Plan, engine: Engine, options: RunOptions = {}): Promise<RunResult> {
  const startedAt = new Date().toISOString();
  const startedAtMs = systemClock.nowMs();
  const host = describeHost(options.truthTableDigest ?? null);
  const overflowsBefore = readTcpCounter(TIME_WAIT_OVERFLOWS) ?? 0;
  const fixtures = await createFixtures(plan);
  try {
    const blocks = await runBlocks(plan, engine, fixtures, options);
    const expected = blockOrder(plan).length;
    const strategies = summarizeStrategies(plan, blocks);
    return {
      formatVersion: 1,
      tool: { name: 'port20', version: VERSION },
      host,
      startedAt,
      durationMs: Math.round(systemClock.nowMs() - startedAtMs),
      requested: plan,
      blocks,
      strategies,
      comparisons: compareWithBaseline(plan, blocks),
      warnings: [
        ...runWarnings(plan, blocks),
        ...overflowWarnings((readTcpCounter(TIME_WAIT_OVERFLOWS) ?? 0) - overflowsBefore),
      ],
      partial: blocks.length < expected || options.signal?.aborted === true,
      valid: blocks.length > 0 && blocks.every((block) => block.valid),
    };
  } finally {
    await fixtures.remove();
  }
}

async function runBlocks(
  plan: Plan,
  engine: Engine,
  fixtures: Fixtures,
  options: RunOptions,
): Promise<BlockResult[]> {
  const pool = createAddressPool();
  const order = blockOrder(plan);
  const report = progressReporter(order, options);
  const blocks: BlockResult[] = [];
  for (const spec of order) {
    if (options.signal?.aborted) break;
    const block = await runBlock(plan, spec, { engine, fixtures, pool, signal: options.signal }, (soFar) =>
      report(spec, blocks, soFar),
    );
    blocks.push(block);
    options.onBlock?.(block);
    report(spec, blocks, { offered: 0, failed: 0 });
  }
  return blocks;
}

const PROGRESS_EVERY_MS = 250;

interface BlockContext {
  readonly engine: Engine;
  readonly fixtures: Fixtures;
  readonly pool: AddressPool;
  readonly signal: AbortSignal | undefined;
}

async function runBlock(
  plan: Plan,
  spec: BlockSpec,
  { engine, fixtures, pool, signal }: BlockContext,
  onProgress: (soFar: { offered: number; failed: number }) => void,
): Promise<BlockResult> {
  const server = pool.server();
  const data = { address: server.address, port: server.port - 1 }; // RFC 959 3.2: the default data port is L-1
  const facts: Omit<BlockFacts, 'peak'> = {
    spec,
    server,
    dataPort: data.port,
    startedAt: new Date().toISOString(),
    leftOvers: leftOvers(data),
  };
  let monitor: Monitor | undefined;
  let soFar = { offered: 0, failed: 0 };
  let ticking: NodeJS.Timeout | undefined;
  const onLoad = (pids: readonly number[]) => {
    monitor = watchDataPort(data, pids);
    onProgress(soFar);
    // Time goes on where every transfer waits and none ends.
    ticking = setInterval(() => onProgress(soFar), PROGRESS_EVERY_MS);
  };
  const onAttempts = (counts: typeof soFar) => {
    soFar = counts;
  };
  try {
    const assignment = assignBlock(plan, spec, server, fixtures, pool);
    const raw = await engine.runBlock(assignment, { onLoad, onProgress: onAttempts, signal });
    return judgeBlock({ ...facts, peak: await peakOf(monitor) }, raw);
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    return failedBlock({ ...facts, peak: await peakOf(monitor) }, error.message);
  } finally {
    clearInterval(ticking);
  }
}

async function peakOf(monitor: Monitor | undefined) {
  return (await monitor?.stop()) ?? { sockets: 0, processes: 0 };
}

/** Time left is what the plan says for the blocks ahead, stretched by what the blocks so far took beyond their plan. */
function progressReporter(order: readonly BlockSpec[], options: RunOptions) {
  const startedAtMs = systemClock.nowMs();
  const plannedMs = (specs: readonly BlockSpec[]) =>
    specs.reduce((ms, { scenario }) => ms + scenario.durationMs, 0);
  return (
    spec: BlockSpec,
    blocks: readonly BlockResult[],
    soFar: { offered: number; failed: number },
  ): void => {
    const elapsedMs = systemClock.nowMs() - startedAtMs;
    const stretch =
      blocks.length === 0 ? 1 : Math.max(1, elapsedMs / plannedMs(order.slice(0, blocks.length + 1)));
    options.onProgress?.({
      blocksDone: blocks.length,
      blocksTotal: order.length,
      scenario: spec.scenario.name,
      binder: spec.binder,
      elapsedMs,
      remainingMs: plannedMs(order.slice(blocks.length)) * stretch,
      offered: soFar.offered + blocks.reduce((sum, block) => sum + block.offered, 0),
      failed: soFar.failed + blocks.reduce((sum, block) => sum + block.failed, 0),
    });
  };
}

function runWarnings(plan: Plan, blocks: readonly BlockResult[]): string[] {
  const counts = new Map<string, number>();
  for (const block of blocks) {
    for (const warning of block.warnings) {
      const text = `${block.scenario}/${block.binder}: ${warning}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [
    ...fewBlocks(plan),
    ...cutShort(blocks),
    ...blindness(),
    ...[...counts].map(([text, n]) => (n > 1 ? `${text} (${n} blocks)` : text)),
  ];
}

function cutShort(blocks: readonly BlockResult[]): string[] {
  const cut = blocks.filter((block) => block.valid && !isTelling(block));
  if (cut.length === 0) return [];
  const cancelled = cut.reduce((sum, block) => sum + block.cancelled, 0);
  return [
    `${cut.length === 1 ? '1 block was' : `${cut.length} blocks were`} cut short with ${cancelled} transfers still running: left out of the rates`,
  ];
}

function blindness(): string[] {
  if (socketTableAvailable()) return [];
  return ['the socket table cannot be read here: neither left-over sockets nor overlap could be checked'];
}

const TIME_WAIT_OVERFLOWS = 'TCPTimeWaitOverflow';

/** Beyond tcp_max_tw_buckets the kernel lets a port go at once, and `legacy` seems to fail less than it does. */
function overflowWarnings(overflows: number): string[] {
  if (overflows <= 0) return [];
  return [
    `${overflows} sockets found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets): ports were free early, legacy fails too seldom here`,
  ];
}

/** With fewer, the sign-flip test cannot reach significance in all comparisons with the baseline (STATS.md). */
function fewBlocks(plan: Plan): string[] {
  const needed = blocksForHolm(Math.max(1, plan.binders.length - 1));
  if (plan.blocks >= needed) return [];
  const blocks = `${plan.blocks} ${plan.blocks === 1 ? 'block' : 'blocks'} of each strategy`;
  return [`${blocks} cannot support a claim about ${plan.binders.length} strategies: use ${needed} or more`];
}
