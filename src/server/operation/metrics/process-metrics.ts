// What one server process counts of itself: a subscriber of its records that keeps a registry of its own.
import { constants } from 'node:os';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LOGIN_CHANNEL, type LoginRecord } from '../../control/login-record.ts';
import { REFUSAL_CHANNEL, type RefusalRecord } from '../../control/refusal-record.ts';
import { SESSION_CHANNEL, type SessionRecord } from '../../control/session-record.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../../data/record.ts';
import { FILE_CHANGE_CHANNEL, type FileChangeRecord } from '../../files/change-record.ts';
import { follow } from '../follow.ts';

/** The samples of a process, as they go from one to another. */
export type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export interface ProcessMetrics {
  snapshot(): Promise<Snapshot>;
  /** Goes up with every record that was counted. */
  readonly version: number;
  stop(): void;
}

/** From a bind that needs no wait to a schedule of BSD's, and to a long upload. */
const SECONDS = [0.0001, 0.001, 0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts from now on. @param lost lines so far, by the log that lost them */
export function countRecords(lost: Readonly<Record<string, () => number>> = {}): ProcessMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `port20_server_${name}`, help, labelNames, registers });
  const seconds = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({ name: `port20_server_${name}`, help, labelNames, buckets: SECONDS, registers });

  const stops = [
    countDataConnections(counter, seconds),
    countSessions(registry, counter),
    countLogins(counter),
    countFiles(counter),
  ];
  countLostLines(registry, lost);

  let version = 0;
  const touch = () => {
    version++;
  };
  const channels = [
    DATA_CONNECTION_CHANNEL,
    SESSION_CHANNEL,
    LOGIN_CHANNEL,
    FILE_CHANGE_CHANNEL,
    REFUSAL_CHANNEL,
  ];
  stops.push(...channels.map((channel) => follow(channel, touch)));
  return {
    snapshot: () => registry.getMetricsAsJSON(),
    get version() {
      return version;
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

type MakeCounter = <Label extends string>(
  name: string,
  help: string,
  labels: readonly Label[],
) => Counter<Label>;
type MakeHistogram = <Label extends string>(
  name: string,
  help: string,
  labels: readonly Label[],
) => Histogram<Label>;

function countDataConnections(counter: MakeCounter, seconds: MakeHistogram): () => void {
  const all = counter('data_connections_total', 'Data connections that were tried, by how they ended.', [
    'binder',
    'command',
    'outcome',
  ]);
  const failures = counter(
    'data_connection_failures_total',
    'Data connections that failed, by the phase and what the system said.',
    ['binder', 'phase', 'errno'],
  );
  const bindCalls = counter('bind_calls_total', 'Calls of bind for data connections.', ['binder']);
  const bytes = counter('data_bytes_total', 'Bytes that data connections moved: in from clients, or out.', [
    'direction',
  ]);
  for (const direction of ['in', 'out']) bytes.inc({ direction }, 0);
  const waits = seconds('bind_wait_seconds', 'Time that a data connection waited between calls of bind.', [
    'binder',
  ]);
  const phases = seconds('phase_seconds', 'Time that data connections spent in each phase they reached.', [
    'binder',
    'phase',
  ]);
  return follow(DATA_CONNECTION_CHANNEL, (record: DataConnectionRecord) => {
    const { binder, command, outcome, direction } = record;
    all.inc({ binder, command, outcome: outcome.kind });
    if (outcome.kind === 'failed') {
      failures.inc({ binder, phase: outcome.phase, errno: errnoLabel(outcome.code) });
    }
    bytes.inc({ direction }, record.bytes);
    if (binder !== 'passive') {
      bindCalls.inc({ binder }, record.bindCalls);
      waits.observe({ binder }, record.waitedMs / 1000);
      phases.observe({ binder, phase: 'bind' }, record.bindMs / 1000);
    }
    const last = outcome.kind === 'completed' ? 'transfer' : outcome.phase;
    if (last !== 'bind') phases.observe({ binder, phase: 'connect' }, record.connectMs / 1000);
    if (last === 'transfer') phases.observe({ binder, phase: 'transfer' }, record.transferMs / 1000);
  });
}

function countSessions(registry: Registry, counter: MakeCounter): () => void {
  const now = new Gauge({
    name: 'port20_server_sessions',
    help: 'Control connections that a process serves.',
    labelNames: ['pid'],
    registers: [registry],
  });
  const pid = String(process.pid);
  now.set({ pid }, 0);
  const begun = counter('sessions_begun_total', 'Control connections that were served.', []);
  const refused = counter('sessions_refused_total', 'Control connections that were greeted with 421.', [
    'reason',
  ]);
  const reasonLabel = bounded(20);
  return follow(SESSION_CHANNEL, (record: SessionRecord) => {
    switch (record.kind) {
      case 'begun':
        now.inc({ pid });
        return begun.inc();
      case 'ended':
        return now.dec({ pid });
      case 'refused':
        return refused.inc({ reason: reasonLabel(record.reason) });
      default:
        return record satisfies never;
    }
  });
}

function countLogins(counter: MakeCounter): () => void {
  const logins = counter('logins_total', 'Logins, by what became of them.', ['outcome']);
  for (const outcome of ['accepted', 'refused']) logins.inc({ outcome }, 0);
  return follow(LOGIN_CHANNEL, ({ outcome }: LoginRecord) => logins.inc({ outcome: outcome.kind }));
}

function countFiles(counter: MakeCounter): () => void {
  const changes = counter('file_changes_total', 'Changes of what is served, done or refused.', [
    'command',
    'outcome',
  ]);
  const refusals = counter(
    'refusals_total',
    'Commands that were refused before there was a data connection; changes of files are not among them.',
    ['command', 'reply_code'],
  );
  const stopChanges = follow(FILE_CHANGE_CHANNEL, ({ command, outcome }: FileChangeRecord) =>
    changes.inc({ command, outcome: outcome.kind }),
  );
  const stopRefusals = follow(REFUSAL_CHANNEL, ({ command, replyCode }: RefusalRecord) =>
    refusals.inc({ command, reply_code: replyCode }),
  );
  return () => {
    stopChanges();
    stopRefusals();
  };
}

function countLostLines(registry: Registry, lost: Readonly<Record<string, () => number>>): void {
  const seen = new Map<string, number>();
  new Counter({
    name: 'port20_server_log_lines_lost_total',
    help: 'Lines that could not be written: a full disk, a reader that is gone or too slow.',
    labelNames: ['log'],
    registers: [registry],
    collect() {
      for (const [log, count] of Object.entries(lost)) {
        this.inc({ log }, count() - (seen.get(log) ?? 0));
        seen.set(log, count());
      }
    },
  });
}

/** Codes come from many places; a label has only those that a system has. */
function errnoLabel(code: string): string {
  return code in constants.errno || code === 'ABORTED' ? code : 'other';
}

/** The first `most` different texts; `other` for every one beyond them. */
function bounded(most: number): (text: string) => string {
  const known = new Set<string>();
  return (text) => {
    if (known.size < most) known.add(text);
    return known.has(text) ? text : 'other';
  };
}
