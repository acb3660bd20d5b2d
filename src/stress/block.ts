// From what came back of a block to its result: counts that add up, both views joined, and every doubt named.
import type { Endpoint } from '../address.ts';
import type { DataConnectionRecord } from '../server/record.ts';
import { createHistogram, encodeHistogram, recordMs } from '../stats/histogram.ts';
import type { RawBlock } from './engine.ts';
import { contradict, joinAttempts } from './join.ts';
import type { Peak } from './monitor.ts';
import { failureKey } from './outcome.ts';
import type { BlockSpec } from './schedule.ts';
import type { Attempt, BlockResult } from './types.ts';

/** A generator whose event loop stood still for longer than this measured itself. */
const MAX_GENERATOR_LAG_MS = 250;

export interface BlockFacts {
  readonly spec: BlockSpec;
  readonly server: Endpoint;
  readonly dataPort: number;
  readonly startedAt: string;
  /** Sockets that were on the data port before the block. */
  readonly leftOvers: number;
  readonly peak: Peak;
}

export function judgeBlock(facts: BlockFacts, raw: RawBlock): BlockResult {
  const counts = countOutcomes(raw.attempts);
  const problems = problemsOf(facts, raw, counts);
  return {
    ...identityOf(facts),
    ...counts,
    durationMs: lastEndMs(raw) - raw.startedAtMs,
    bindCalls: sum(raw.records, (record) => record.bindCalls),
    connected: raw.attempts.filter((attempt) => attempt.remote !== undefined).length,
    fromDefaultDataPort: raw.attempts.filter((attempt) => attempt.remote?.port === facts.dataPort).length,
    peakSockets: facts.peak.sockets,
    peakProcesses: facts.peak.processes,
    waitsToBind: histogramOf(raw.records.filter(wasBound), (record) => record.waitedMs),
    transferTimes: histogramOf(
      raw.attempts.filter(isCompleted),
      (attempt) => attempt.endedAtMs - attempt.scheduledAtMs,
    ),
    valid: problems.length === 0,
    problems,
    warnings: warningsOf(facts, raw),
  };
}

/** A block that gave no numbers at all: a process behind it died, or a session could not log in. */
export function failedBlock(facts: BlockFacts, problem: string): BlockResult {
  const nothing = { startedAtMs: 0, attempts: [], records: [], generatorLagMs: 0, warnings: [] };
  return { ...judgeBlock(facts, nothing), valid: false, problems: [problem], warnings: [] };
}

function identityOf({ spec, server, dataPort, startedAt }: BlockFacts) {
  return {
    scenario: spec.scenario.name,
    binder: spec.binder,
    index: spec.index,
    server,
    dataPort,
    startedAt,
  };
}

function countOutcomes(attempts: readonly Attempt[]) {
  const failures: Record<string, number> = {};
  const counts = { offered: attempts.length, completed: 0, failed: 0, cancelled: 0, failures };
  for (const { outcome } of attempts) {
    const key = failureKey(outcome);
    if (key !== undefined) {
      counts.failed++;
      failures[key] = (failures[key] ?? 0) + 1;
    } else if (outcome.kind === 'completed') counts.completed++;
    else counts.cancelled++;
  }
  return counts;
}

/** Why the numbers of this block must not be used. */
function problemsOf(facts: BlockFacts, raw: RawBlock, counts: ReturnType<typeof countOutcomes>): string[] {
  const problems: string[] = [];
  const { offered, completed, failed, cancelled, failures } = counts;
  const named = Object.values(failures).reduce((total, n) => total + n, 0);
  if (offered !== completed + failed + cancelled || failed !== named) {
    problems.push(
      `outcomes do not add up: ${offered} offered, ${completed} + ${failed} + ${cancelled} counted`,
    );
  }
  if (offered === 0) problems.push('nothing was offered');
  if (facts.leftOvers > 0)
    problems.push(`${facts.leftOvers} sockets were on the data port before the block began`);
  const { pairs, attemptsAlone, recordsAlone } = joinAttempts(raw.attempts, raw.records);
  const unequal = pairs.filter(
    ({ attempt, record }) => isCompleted(attempt) && attempt.bytes !== record.bytes,
  );
  if (unequal.length > 0) problems.push(`${unequal.length} transfers of which both sides count other bytes`);
  const contradictions = pairs.filter(({ attempt, record }) => contradict(attempt, record)).length;
  if (contradictions > 0) problems.push(`${contradictions} transfers of which both sides tell another end`);
  // A cancelled transfer may have been cut off before the client could tell where it listened.
  const joinedCancelled = pairs.filter(({ attempt }) => attempt.outcome.kind === 'cancelled').length;
  const unexplained = Math.max(0, recordsAlone.length - (cancelled - joinedCancelled));
  if (attemptsAlone.length > 0)
    problems.push(`${attemptsAlone.length} transfers have no record of the server's`);
  if (unexplained > 0) problems.push(`${unexplained} records of the server's belong to no transfer`);
  return problems;
}

/** What a reader should know although the numbers hold. */
function warningsOf(facts: BlockFacts, raw: RawBlock): string[] {
  const warnings = [...raw.warnings];
  if (raw.generatorLagMs > MAX_GENERATOR_LAG_MS) {
    warnings.push(
      `a load generator stood still for ${Math.round(raw.generatorLagMs)} ms: its own limit, not the server's`,
    );
  }
  // A binder whose port is exclusive makes others wait: there a lone transfer is no doubt but the finding.
  const exclusive = raw.records.some(({ bindCalls, outcome }) => bindCalls > 1 || outcome.kind === 'failed');
  if (facts.spec.scenario.sessions > 1 && !exclusive && mostAtOnce(raw.records) < 2) {
    warnings.push('never two data connections at once: a block without overlap proves nothing');
  }
  return warnings;
}

/** Data connections that existed at the same moment, by the server's records: exact, where samples may miss them. */
function mostAtOnce(records: readonly DataConnectionRecord[]): number {
  const changes = records
    .flatMap(({ startedAtMs, endedAtMs }) => [
      { atMs: startedAtMs, by: 1 },
      { atMs: endedAtMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let now = 0;
  return changes.reduce((most, { by }) => {
    now += by;
    return Math.max(most, now);
  }, 0);
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
