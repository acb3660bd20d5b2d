// From what came back of a block to its result: counts that add up, both views joined, and every doubt named.
import type { Endpoint } from '../address.ts';
import type { WaitRange } from '../binder/types.ts';
import { doubtsAbout } from '../judge/doubts.ts';
import { binderOf } from '../plan/contestants.ts';
import type { BlockSpec } from '../plan/order.ts';
import type { Scenario } from '../plan/types.ts';
import type { Attempt } from '../result/attempt.ts';
import { failureKey } from '../result/outcome.ts';
import type { BlockProblem, BlockResult, BlockWarning, GeneratorLoad } from '../result/types.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import { createHistogram, encodeHistogram, recordMs } from '../stats/histogram.ts';
import { contentionTimes } from './contention.ts';
import type { RawBlock } from './engine.ts';
import { contradict, type Joined, joinAttempts } from './join.ts';
import { lateP99Ms } from './late.ts';
import type { PortPeak, Watched } from './monitor.ts';
import { saturations } from './saturation.ts';
import { changesOf, timelineOf } from './timeline.ts';

export interface BlockFacts {
  readonly spec: BlockSpec;
  readonly server: Endpoint;
  readonly dataPort: number;
  readonly startedAt: string;
  /** Sockets that were on the data port before the block. */
  readonly leftOvers: number;
  readonly watched: Watched;
  /** The contestant's own schedule; empty where it is not known. */
  readonly waits: readonly WaitRange[];
  /** What a generator without time to spare makes of the block. */
  readonly onSaturation: 'warn' | 'invalid';
  /** How far the host's counters went on meanwhile. */
  readonly listenOverflows: number;
  readonly timeWaitOverflows: number;
}

export function judgeBlock(facts: BlockFacts, raw: RawBlock): BlockResult {
  const { watched, spec } = facts;
  const { durationMs } = spec.scenario;
  const fromMs = countsFromMs(raw, spec);
  const attempts = raw.attempts.filter(({ scheduledAtMs }) => scheduledAtMs >= fromMs);
  const joined = raw.records === null ? null : joinAttempts(raw.attempts, raw.records, raw.clockErrorMs);
  const pairs = joined?.pairs.filter(({ attempt }) => attempt.scheduledAtMs >= fromMs) ?? null;
  const records = pairs?.map(({ record }) => record) ?? null;
  const counts = countOutcomes(attempts);
  const problems = [
    ...problemsOf(facts, attempts, counts, joined),
    ...goneServer(facts, raw),
    ...(facts.onSaturation === 'invalid' ? saturations(raw, isPaced(spec.scenario)) : []),
  ];
  const block: BlockResult = {
    ...identityOf(facts),
    ...counts,
    warmUp: raw.attempts.length - attempts.length,
    durationMs: Math.max(0, lastEndMs(raw) - fromMs),
    serverView: records !== null,
    bindCalls: records && sum(records, (record) => record.bindCalls),
    bytes: sum(attempts.filter(isCompleted), ({ bytes }) => bytes),
    connected: attempts.filter((attempt) => attempt.remote !== undefined).length,
    fromDefaultDataPort: attempts.filter((attempt) => attempt.remote?.port === facts.dataPort).length,
    ...peakOn(facts.dataPort, watched.peak, raw.records ?? []),
    waitsToBind: histogramOf((records ?? []).filter(wasBound), (record) => record.waitedMs),
    transferTimes: histogramOf(
      attempts.filter(isCompleted),
      (attempt) => attempt.endedAtMs - attempt.scheduledAtMs,
    ),
    // The warm-up too: the one success of `legacy` may lie in it, and a hold time is a hold time.
    contention: joined && contentionTimes(joined.pairs, facts.waits),
    timeline: timelineOf({
      ...{ startedAtMs: raw.startedAtMs, durationMs, endedAtMs: lastEndMs(raw) },
      ...{ attempts: raw.attempts, records: raw.records ?? [], samples: watched.samples },
    }),
    generator: generatorLoad(facts, raw),
    ...(raw.shards !== undefined && { shards: raw.shards }),
    valid: problems.length === 0,
    problems,
    warnings: [],
  };
  return { ...block, warnings: [...raw.warnings, ...doubtsAbout(block), ...withoutOverlap(facts, raw)] };
}

/** What was to start before is warm-up. */
export function countsFromMs(
  { startedAtMs }: Pick<RawBlock, 'startedAtMs'>,
  { scenario }: BlockSpec,
): number {
  return startedAtMs + scenario.warmUpMs;
}

/** A block that gave no numbers at all: a process behind it died, or a session could not log in. */
export function failedBlock(facts: BlockFacts, reason: string): BlockResult {
  const nothing = {
    startedAtMs: 0,
    attempts: [],
    records: facts.spec.contestant.kind === 'binder' ? [] : null,
    generators: [],
    lostSessions: 0,
    warnings: [],
  };
  return {
    ...judgeBlock(facts, nothing),
    valid: false,
    problems: [{ id: 'broken-off', reason }],
    warnings: [],
  };
}

function identityOf({ spec, server, dataPort, startedAt }: BlockFacts) {
  return {
    scenario: spec.scenario.name,
    contestant: spec.contestant.name,
    binder: binderOf(spec.contestant),
    index: spec.index,
    server,
    dataPort,
    startedAt,
  };
}

function countOutcomes(attempts: readonly Attempt[]) {
  const failures: Record<string, number> = {};
  const counts = { offered: attempts.length, completed: 0, failed: 0, cancelled: 0, dropped: 0, failures };
  for (const { outcome } of attempts) {
    const key = failureKey(outcome);
    if (key !== undefined) {
      counts.failed++;
      failures[key] = (failures[key] ?? 0) + 1;
    } else if (outcome.kind === 'completed') counts.completed++;
    else if (outcome.kind === 'dropped') counts.dropped++;
    else counts.cancelled++;
  }
  return counts;
}

/** Why the numbers of this block must not be used. */
function problemsOf(
  { leftOvers, spec }: BlockFacts,
  attempts: readonly Attempt[],
  counts: ReturnType<typeof countOutcomes>,
  joined: Joined | null,
): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const { offered, completed, failed, cancelled, dropped, failures } = counts;
  const named = Object.values(failures).reduce((total, n) => total + n, 0);
  if (offered !== completed + failed + cancelled + dropped || failed !== named) {
    problems.push({ id: 'outcomes-do-not-add-up', offered, completed, failed, cancelled, dropped });
  }
  if (attempts.length === 0) problems.push({ id: 'nothing-offered' });
  // Of a server that runs already nobody can say what came before: a warning, not a fault.
  if (leftOvers > 0 && spec.contestant.kind !== 'target')
    problems.push({ id: 'left-over-sockets', sockets: leftOvers });
  return [...problems, ...(joined === null ? [] : disagreements(joined))];
}

/** A rate of the time before the server went says little, and nothing of the block. */
function goneServer({ spec }: BlockFacts, { lostSessions }: RawBlock): BlockProblem[] {
  return lostSessions < spec.scenario.sessions ? [] : [{ id: 'server-gone' }];
}

/** Where what the client saw and what the server recorded cannot both be true. */
function disagreements({ pairs, attemptsAlone, recordsAlone, cancelled }: Joined): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const unequal = pairs.filter(
    ({ attempt, record }) => isCompleted(attempt) && attempt.bytes !== record.bytes,
  );
  if (unequal.length > 0) problems.push({ id: 'unequal-bytes', transfers: unequal.length });
  const contradictions = pairs.filter(({ attempt, record }) => contradict(attempt, record)).length;
  if (contradictions > 0) problems.push({ id: 'contradictory-ends', transfers: contradictions });
  // A cancelled transfer may have been cut off before the client could tell where it listened.
  const joinedCancelled = pairs.filter(({ attempt }) => attempt.outcome.kind === 'cancelled').length;
  const unexplained = Math.max(0, recordsAlone.length - (cancelled - joinedCancelled));
  if (attemptsAlone.length > 0)
    problems.push({ id: 'transfers-without-record', transfers: attemptsAlone.length });
  if (unexplained > 0) problems.push({ id: 'records-without-transfer', records: unexplained });
  return problems;
}

function generatorLoad(facts: BlockFacts, { generators, attempts }: RawBlock): GeneratorLoad {
  const { listenOverflows, timeWaitOverflows } = facts;
  const worst = (value: (one: (typeof generators)[number]) => number) =>
    Math.max(0, ...generators.map(value));
  const told = generators.some(({ runQueueShare }) => runQueueShare !== null);
  return {
    cpuShare: worst((one) => one.cpuShare),
    runQueueShare: told ? worst((one) => one.runQueueShare ?? 0) : null,
    eventLoopLagP99Ms: worst((one) => one.eventLoopLagP99Ms),
    eventLoopLagMaxMs: worst((one) => one.eventLoopLagMaxMs),
    lateP99Ms: isPaced(facts.spec.scenario) ? lateP99Ms(attempts) : null,
    descriptors: worst((one) => one.descriptors),
    ...{ listenOverflows, timeWaitOverflows },
  };
}

/** A closed session without a pause starts when it can: nothing was due at a time of its own. */
function isPaced({ workload }: Scenario): boolean {
  return workload.kind !== 'closed' || workload.thinkTime.kind !== 'fixed' || workload.thinkTime.ms > 0;
}

/** One transfer at a time cannot collide. */
function withoutOverlap({ spec }: BlockFacts, { records, attempts }: RawBlock): BlockWarning[] {
  if (spec.scenario.sessions === 1) return [];
  // A port that is exclusive makes others wait: there a lone transfer is no doubt but the finding.
  const exclusive = records?.some(({ bindCalls, outcome }) => bindCalls > 1 || outcome.kind === 'failed');
  if (exclusive || mostAtOnce(records ?? attempts.filter(({ remote }) => remote !== undefined)) > 1)
    return [];
  return [{ id: 'no-overlap' }];
}

/** By the server's records where there are any: exact, where samples may miss them. */
function mostAtOnce(spans: readonly Pick<DataConnectionRecord, 'startedAtMs' | 'endedAtMs'>[]): number {
  let now = 0;
  return changesOf(spans).reduce((most, { by }) => {
    now += by;
    return Math.max(most, now);
  }, 0);
}

/**
 * Samples see what the kernel keeps after a close, too, but may miss moments; the records miss none in which a process
 * had a bound socket. The larger of both is true.
 */
function peakOn(dataPort: number, sampled: PortPeak, records: readonly DataConnectionRecord[]) {
  const held = records
    .filter((record) => wasBound(record) && record.local.port === dataPort)
    .map(({ pid, startedAtMs, bindMs, endedAtMs }) => ({
      pid,
      startedAtMs: startedAtMs + bindMs,
      endedAtMs,
    }));
  const byProcess = new Map(held.map(({ pid }) => [pid, 0]));
  let [sockets, processes] = [sampled.sockets, sampled.processes];
  let now = 0;
  for (const { by, span } of changesOf(held)) {
    now += by;
    byProcess.set(span.pid, (byProcess.get(span.pid) ?? 0) + by);
    sockets = Math.max(sockets, now);
    if (by > 0) processes = Math.max(processes, [...byProcess.values()].filter((n) => n > 0).length);
  }
  return { peakSockets: sockets, peakProcesses: processes };
}

function lastEndMs(raw: RawBlock): number {
  return raw.attempts.reduce((last, attempt) => Math.max(last, attempt.endedAtMs), raw.startedAtMs);
}

/** Bind succeeded, whatever came after. */
function wasBound({ outcome }: DataConnectionRecord): boolean {
  return outcome.kind === 'completed' || outcome.phase !== 'bind';
}

function isCompleted({ outcome }: Attempt): boolean {
  return outcome.kind === 'completed';
}

function histogramOf<T>(items: readonly T[], durationMs: (item: T) => number): string {
  const histogram = createHistogram();
  for (const item of items) recordMs(histogram, durationMs(item));
  return encodeHistogram(histogram);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
