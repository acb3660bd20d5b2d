// The shards of one run as one result: within each block their attempts are put together and judged as those of one generator are.
import { UsageError } from '../../errors.ts';
import { waitsOfContestant } from '../../plan/contestants.ts';
import { type BlockSpec, blockOrder } from '../../plan/order.ts';
import type { Plan } from '../../plan/types.ts';
import { quoted } from '../../quoted.ts';
import type { BlockResult, LostShard, RunResult } from '../../result/types.ts';
import { assembleResult } from '../../run/assemble.ts';
import { filesOfTarget } from '../../run/assignment.ts';
import { judgeBlock } from '../../run/block.ts';
import type { RawBlock } from '../../run/engine.ts';
import { shardOf } from '../../run/shard.ts';
import { SIGNIFICANCE } from '../../stats/holm.ts';
import { shardProblem } from './check.ts';
import { decodeAttempts } from './codec.ts';
import type { CompletedShard, ShardFile } from './file.ts';

/** @throws UsageError that names what is missing, twice, or of another run */
export function mergeShards(files: readonly ShardFile[]): RunResult {
  const [first, ...others] = [...files].sort((a, b) => a.header.shard.index - b.header.shard.index);
  if (first === undefined) throw new UsageError('name the shards of a run to be merged');
  for (const one of others) requireSameRun(first, one);
  const shards = [first, ...others];
  requireAll(shards);
  const { plan, header } = first;
  const lost: LostShard[] = [];
  const order = blockOrder(plan);
  const whole = order.flatMap((spec, place): BlockResult[] => {
    const parts = shards.map((file) => partOf(file, spec, place));
    const missing = parts.filter((part) => 'reason' in part);
    if (missing.length === 0) return [judged(plan, spec, first, parts as Part[])];
    lost.push(...missing.map(({ shard, reason }) => lostShard(spec, shard, header.shard.of, reason)));
    return [];
  });
  const isLeftOut = ({ scenario, index }: Pick<BlockResult, 'scenario' | 'index'>) =>
    lost.some((one) => one.scenario === scenario && one.index === index);
  const blocks = whole.filter((block) => !isLeftOut(block));
  const leftOut = new Set(lost.map(({ scenario, index }) => JSON.stringify([scenario, index]))).size;
  const startedAt = header.startAt;
  const end = Math.max(
    Date.parse(startedAt),
    ...blocks.map((block) => Date.parse(block.startedAt) + block.durationMs),
  );
  return assembleResult(
    plan,
    {
      host: { ...header.host },
      startedAt,
      durationMs: end - Date.parse(startedAt),
      resumed: [],
      agents: undefined,
    },
    { blocks, endedBy: 'plan', abortedBy: null, lost, leftOut, significance: SIGNIFICANCE },
  );
}

/** Sums are of one run only: another start, plan or number of shards is another run. */
function requireSameRun(a: ShardFile, b: ShardFile): void {
  if (a.header.run !== b.header.run) {
    throw new UsageError(
      `${quoted(a.name)} and ${quoted(b.name)} are not shards of one run (${a.header.run} and ${b.header.run}): plan, --start-at, --gap and the number of shards are to be the same`,
    );
  }
  if (a.header.version !== b.header.version) {
    throw new UsageError(
      `${quoted(a.name)} is of port20 ${a.header.version}, ${quoted(b.name)} of ${b.header.version}: run all shards with one version`,
    );
  }
  for (const [target, { file }] of Object.entries(a.header.targets)) {
    if (JSON.stringify(b.header.targets[target]?.file) === JSON.stringify(file)) continue;
    throw new UsageError(
      `${quoted(a.name)} and ${quoted(b.name)} fetched different files from ${target}: it is to stay as it is through a run`,
    );
  }
}

function requireAll(shards: readonly ShardFile[]): void {
  const of = shards[0]?.header.shard.of ?? 0;
  const numbers = shards.map(({ header }) => header.shard.index);
  const twice = shards.find(({ header }, i) => numbers.indexOf(header.shard.index) !== i);
  if (twice !== undefined) {
    const { index } = twice.header.shard;
    throw new UsageError(`${quoted(twice.name)} is shard ${index + 1}/${of} once more: name it once`);
  }
  const missing = Array.from({ length: of }, (_, i) => i).filter((i) => !numbers.includes(i));
  if (missing.length === 0) return;
  throw new UsageError(
    `shard ${missing.map((i) => `${i + 1}/${of}`).join(', ')} of the run is missing: a block is the sum of all its shards`,
  );
}

interface Part extends CompletedShard {
  readonly shard: number;
  readonly raw: RawBlock['attempts'];
}

/** Times are from the start of the block on. */
const START_MS = 0;

function partOf(
  { header, plan, blocks }: ShardFile,
  spec: BlockSpec,
  place: number,
): Part | { readonly shard: number; readonly reason: string } {
  const { index: shard } = header.shard;
  const found = blocks.find((block) => block.place === place);
  if (found === undefined) return { shard, reason: 'it ended before this block' };
  if ('lost' in found) return { shard, reason: found.lost };
  const { file = null, server } = header.targets[spec.contestant.name] ?? {};
  if (server === undefined) return { shard, reason: 'it does not know the target' };
  const files = filesOfTarget({ file }, spec.scenario);
  const addressOf = () => '';
  const load = shardOf(plan, spec, header.shard, { server, files, uploadFolder: '', addressOf });
  try {
    const raw = found.attempts.flatMap((batch) => decodeAttempts(Buffer.from(batch, 'base64'), START_MS));
    const { stopped: wasStopped, lostSessions } = found;
    const problem = shardProblem(load, raw, { wasStopped, lostSessions });
    return problem === undefined ? { ...found, shard, raw } : { shard, reason: problem };
  } catch (error) {
    return { shard, reason: (error as Error).message };
  }
}

function judged(plan: Plan, spec: BlockSpec, { header }: ShardFile, parts: readonly Part[]): BlockResult {
  const { of } = header.shard;
  const server = header.targets[spec.contestant.name]?.server ?? { address: '', port: 0 };
  const { onSaturation } = plan;
  return judgeBlock(
    {
      ...{ spec, server, dataPort: server.port - 1, startedAt: parts[0]?.startedAt ?? header.startAt },
      ...{ leftOvers: 0, watched: { peak: { sockets: 0, processes: 0 }, samples: [] } },
      waits: waitsOfContestant(plan, spec.contestant),
      onSaturation: onSaturation === 'default' ? (of > 1 ? 'invalid' : 'warn') : onSaturation,
      ...{ listenOverflows: 0, timeWaitOverflows: 0 },
    },
    {
      startedAtMs: START_MS,
      attempts: parts.flatMap(({ raw }) => raw).sort((a, b) => a.endedAtMs - b.endedAtMs),
      records: null,
      generators: parts.map(({ generator }) => generator),
      lostSessions: parts.reduce((sum, part) => sum + part.lostSessions, 0),
      warnings: parts.flatMap(({ warnings }) => warnings),
      shards: parts.map(({ shard, raw, generator, startedLateMs }) => ({
        ...{ index: shard, agent: nameOf(shard, of), offered: raw.length, startedLateMs },
        ...{ cpuShare: generator.cpuShare, runQueueShare: generator.runQueueShare },
        ...{ clockOffsetMs: null, clockErrorMs: null },
      })),
    },
  );
}

function lostShard(
  { scenario, contestant, index }: BlockSpec,
  shard: number,
  of: number,
  reason: string,
): LostShard {
  const agent = nameOf(shard, of);
  return {
    scenario: scenario.name,
    contestant: contestant.name,
    ...{ index, shard, of, agent, reason, again: false },
  };
}

/** As messages have it: `agent of shard 2/4 was saturated`. */
function nameOf(shard: number, of: number): string {
  return `of shard ${shard + 1}/${of}`;
}
