// Attempts and records as a block would give them, for tests of the pure half of stress/.

import type { GeneratorReport } from '../../src/load/spec.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import type { Contestant, Scenario } from '../../src/plan/types.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import type { Outcome } from '../../src/result/outcome.ts';
import type { BlockFacts } from '../../src/run/block.ts';
import type { RawBlock } from '../../src/run/engine.ts';
import type { DataConnectionRecord } from '../../src/server/data/record.ts';

export const SERVER = { address: '127.9.9.9', port: 2121 };
export const DATA = { address: '127.9.9.9', port: 2120 };

/** Attempt number `index`, on the client port that belongs to it, from `index` to `index` + 1 ms. */
export function attempt(
  index: number,
  outcome: Outcome = { kind: 'completed' },
  more: Partial<Attempt> = {},
): Attempt {
  return {
    index,
    session: 0,
    command: 'RETR',
    scheduledAtMs: index,
    startedAtMs: index,
    endedAtMs: index + 1,
    bytes: 4096,
    hash: '',
    replyCode: 226,
    local: { address: '127.1.1.1', port: 40_000 + index },
    remote: outcome.kind === 'completed' ? DATA : undefined,
    outcome,
    ...more,
  };
}

/** The server's view of `attempt(index, outcome)`. */
export function record(
  index: number,
  outcome: DataConnectionRecord['outcome'] = { kind: 'completed' },
  more: Partial<DataConnectionRecord> = {},
): DataConnectionRecord {
  return {
    binder: 'legacy',
    pid: 1,
    server: 1,
    session: 1,
    user: 'anonymous',
    peer: { address: '127.1.1.1', port: 50_000 },
    command: 'RETR',
    path: '/4096',
    direction: 'out',
    type: 'I',
    restartBytes: 0,
    local: DATA,
    remote: { address: '127.1.1.1', port: 40_000 + index },
    startedAtMs: index + 0.2,
    endedAtMs: index + 0.8,
    bindCalls: 1,
    waitedMs: 0,
    bindMs: 0.1,
    connectMs: 0.1,
    windowMs: 0.05,
    transferMs: 0.4,
    bytes: 4096,
    outcome,
    ...more,
  };
}

/** A generator that had time to spare. */
export const IDLE_GENERATOR: GeneratorReport = {
  cpuShare: 0.2,
  runQueueShare: 0.01,
  eventLoopLagP99Ms: 1,
  eventLoopLagMaxMs: 2,
  descriptors: 40,
};

export function raw(
  attempts: readonly Attempt[],
  records: readonly DataConnectionRecord[] | null,
  more: Partial<RawBlock> = {},
): RawBlock {
  return {
    startedAtMs: 0,
    attempts,
    records,
    generators: [IDLE_GENERATOR],
    lostSessions: 0,
    warnings: [],
    ...more,
  };
}

/** The only scenario of a plan that says these keys. */
export function scenarioOf(keys: Readonly<Record<string, unknown>> = {}): Scenario {
  return fillPlan({ workers: 1, scenarios: [{ name: 'a', ...keys }] }).scenarios[0] as Scenario;
}

export const LEGACY: Contestant = { kind: 'binder', name: 'legacy', binder: 'legacy' };

/** A block of `legacy` in which nothing was seen from outside that would be a reason for doubt. */
export function factsOf(more: Partial<BlockFacts> = {}): BlockFacts {
  return {
    spec: { scenario: scenarioOf(), contestant: LEGACY, index: 3 },
    server: SERVER,
    dataPort: DATA.port,
    startedAt: '2026-01-01T00:00:00.000Z',
    leftOvers: 0,
    watched: { peak: { sockets: 9, processes: 2 }, samples: [] },
    waits: [],
    onSaturation: 'warn',
    listenOverflows: 0,
    timeWaitOverflows: 0,
    ...more,
  };
}

export const BIND_IN_USE = { kind: 'socket-error', phase: 'bind', code: 'EADDRINUSE' } as const;
export const RECORD_IN_USE = { kind: 'failed', phase: 'bind', code: 'EADDRINUSE' } as const;
