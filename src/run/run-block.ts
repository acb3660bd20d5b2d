// One block from its address to its result: watched from outside, and judged when it is over.
import { InvalidRunError } from '../errors.ts';
import { readTcpCounter } from '../net/proc.ts';
import { waitsOfContestant } from '../plan/contestants.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Plan } from '../plan/types.ts';
import type { Attempt } from '../result/attempt.ts';
import type { BlockResult } from '../result/types.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import { assignBlock, type BlockGround } from './assignment.ts';
import { type BlockFacts, countsFromMs, failedBlock, judgeBlock } from './block.ts';
import { type Engine, HERE, type RawBlock, type RunningServer, ShardLostError } from './engine.ts';
import { joinAttempts } from './join.ts';
import { leftOvers, type Monitor, type Watched, watchDataPort } from './monitor.ts';

const PROGRESS_EVERY_MS = 250;
const NOTHING_SEEN: Watched = { peak: { sockets: 0, processes: 0 }, samples: [] };

export interface Counts {
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
}

export interface BlockContext {
  readonly engine: Engine;
  readonly ground: BlockGround;
  readonly signal: AbortSignal | undefined;
  onProgress(soFar: Counts): void;
}

/** One transfer from both sides. */
export interface TransferViews {
  readonly attempt: Attempt;
  /** Null where the server tells nothing, or was never asked. */
  readonly record: DataConnectionRecord | null;
  /** It was due in the first part of the block, which no number of the result counts. */
  readonly warmUp: boolean;
}

export interface RunBlock {
  readonly block: BlockResult;
  /** In the order in which they ended; joined when asked for. */
  transfers(): readonly TransferViews[];
  /** Parts of it were lost: its numbers are of no use. */
  readonly lost?: ShardLostError;
}

export async function runBlock(plan: Plan, spec: BlockSpec, context: BlockContext): Promise<RunBlock> {
  const { engine, signal, onProgress } = context;
  const place = engine.placeOf?.(spec.scenario);
  const ground = place === undefined ? context.ground : { ...context.ground, pool: place.pool };
  const inside = place?.inside ?? HERE;
  const server = ground.targets.get(spec.contestant.name)?.server ?? ground.pool.server();
  const overflowsBefore = inside(readOverflows);
  let dataPort = server.port - 1; // RFC 959 3.2: the default data port is L-1
  let leftOver = 0;
  let monitor: Monitor | undefined;
  let soFar: Counts = { offered: 0, completed: 0, failed: 0 };
  let ticking: NodeJS.Timeout | undefined;

  const onLoad = (running: RunningServer) => {
    ({ dataPort } = running);
    const data = { address: server.address, port: dataPort };
    leftOver = inside(() => leftOvers(data));
    monitor = watchDataPort(data, () => running.pids(), spec.scenario.durationMs, inside);
    onProgress(soFar);
    // Time goes on where every transfer waits and none ends.
    ticking = setInterval(() => onProgress(soFar), PROGRESS_EVERY_MS);
  };
  const onCounts = (counts: Counts) => {
    soFar = counts;
  };
  const facts = async (): Promise<BlockFacts> => {
    const overflows = inside(readOverflows);
    return {
      ...{
        spec,
        server,
        dataPort,
        startedAt,
        leftOvers: leftOver,
        waits: waitsOfContestant(plan, spec.contestant),
        onSaturation: onSaturation(plan, engine),
      },
      watched: (await monitor?.stop()) ?? NOTHING_SEEN,
      listenOverflows: overflows.listen - overflowsBefore.listen,
      timeWaitOverflows: overflows.timeWait - overflowsBefore.timeWait,
    };
  };

  const startedAt = new Date().toISOString();
  try {
    const assignment = assignBlock(plan, spec, server, ground);
    const raw = await engine.runBlock(assignment, { onLoad, signal, onProgress: onCounts });
    return { block: judgeBlock(await facts(), raw), transfers: () => transfersOf(raw, spec) };
  } catch (error) {
    const judged = await facts(); // the watch is to end in any case
    if (!(error instanceof InvalidRunError)) throw error;
    const lost = error instanceof ShardLostError ? { lost: error } : {};
    return { block: failedBlock(judged, error.message), transfers: () => [], ...lost };
  } finally {
    clearInterval(ticking);
  }
}

/** An agent is a machine that was lent for its load: without time to spare it gave another. */
function onSaturation(plan: Plan, { elsewhere }: Engine): BlockFacts['onSaturation'] {
  if (plan.onSaturation !== 'default') return plan.onSaturation;
  return elsewhere === undefined ? 'warn' : 'invalid';
}

function transfersOf(raw: RawBlock, spec: BlockSpec): TransferViews[] {
  const { attempts, records, clockErrorMs } = raw;
  const from = countsFromMs(raw, spec);
  const { pairs } = joinAttempts(attempts, records ?? [], clockErrorMs);
  const recordOf = new Map(pairs.map(({ attempt, record }) => [attempt, record]));
  return attempts.map((attempt) => ({
    attempt,
    record: recordOf.get(attempt) ?? null,
    warmUp: attempt.scheduledAtMs < from,
  }));
}

/** Of the whole host, since boot. */
function readOverflows(): { readonly listen: number; readonly timeWait: number } {
  return {
    listen: readTcpCounter('ListenOverflows') ?? 0,
    timeWait: readTcpCounter('TCPTimeWaitOverflow') ?? 0,
  };
}
