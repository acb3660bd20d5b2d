// Attempts on their way from one machine to another: rows of JSON, deflated, with times from the start of the block.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../../address.ts';
import type { Attempt } from '../../result/attempt.ts';
import { failureKey, failureOf, type Outcome } from '../../result/outcome.ts';

/** A machine's own clock means nothing on another: a column of each time, in microseconds from the start. */
type Row = readonly [
  index: number,
  session: number,
  command: string,
  scheduledAtUs: number,
  startedAtUs: number,
  endedAtUs: number,
  bytes: number,
  hash: string,
  replyCode: number | null,
  local: string | null,
  remote: string | null,
  outcome: string,
];

const COLUMNS = 12;
/** What a few hundred bytes could be blown up to: more is no batch of ours. */
const MOST_BYTES = 64 * 1024 ** 2;

/** Some 8 MB of JSON, at 150 bytes each. */
const MOST_AT_ONCE = 50_000;

/** What one batch has room for, and as many batches as it takes: none for no attempts. */
export function encodeBatches(attempts: readonly Attempt[], startMs: number): Buffer[] {
  const batches = Math.ceil(attempts.length / MOST_AT_ONCE);
  return Array.from({ length: batches }, (_, i) =>
    encodeAttempts(attempts.slice(i * MOST_AT_ONCE, (i + 1) * MOST_AT_ONCE), startMs),
  );
}

/** @param startMs when the block began, by the clock of the attempts */
export function encodeAttempts(attempts: readonly Attempt[], startMs: number): Buffer {
  const rows = attempts.map((attempt): Row => {
    const { index, session, command, scheduledAtMs, startedAtMs, endedAtMs, bytes, hash } = attempt;
    const [scheduledUs, startedUs, endedUs] = [scheduledAtMs, startedAtMs, endedAtMs].map((atMs) =>
      Math.round((atMs - startMs) * 1000),
    ) as [number, number, number];
    const { replyCode = null, local, remote, outcome } = attempt;
    return [
      ...([index, session, command, scheduledUs, startedUs, endedUs, bytes, hash, replyCode] as const),
      ...([endText(local), endText(remote), outcomeText(outcome)] as const),
    ];
  });
  return deflateRawSync(JSON.stringify(rows), { level: 1 });
}

/**
 * @param startMs when the block began, by the reader's clock
 * @throws Error that names what is not as `encodeAttempts` makes it: nothing of such a batch is used
 */
export function decodeAttempts(bytes: Uint8Array, startMs: number): Attempt[] {
  const text = inflateRawSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('not a batch of attempts');
  return rows.map((row) => readRow(row, startMs));
}

function readRow(row: unknown, startMs: number): Attempt {
  if (!Array.isArray(row) || row.length !== COLUMNS) throw new Error('an attempt of another form');
  const [index, session, command, scheduledUs, startedUs, endedUs, bytes, hash, replyCode] = row;
  const at = (us: unknown) => startMs + whole(us, 'a time') / 1000;
  return {
    index: natural(index, 'index'),
    session: session === -1 ? -1 : natural(session, 'session'),
    command: matching(command, /^[A-Z]{3,4}$/, 'command'),
    ...{ scheduledAtMs: at(scheduledUs), startedAtMs: at(startedUs), endedAtMs: at(endedUs) },
    bytes: natural(bytes, 'bytes'),
    hash: matching(hash, /^(?:[0-9a-f]{40})?$/, 'hash'),
    replyCode: replyCode === null ? undefined : natural(replyCode, 'replyCode'),
    ...{ local: readEnd(row[9]), remote: readEnd(row[10]), outcome: readOutcome(row[11]) },
  };
}

function endText(end: Endpoint | undefined): string | null {
  return end === undefined ? null : formatEndpoint(end);
}

function readEnd(text: unknown): Endpoint | undefined {
  if (text === null) return undefined;
  const end = typeof text === 'string' ? parseEndpoint(text) : undefined;
  if (end === undefined) throw new Error('an endpoint that is none');
  return end;
}

/** The key of a failure tells it whole, but for the port of a wrong source. */
function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'wrong-source') return `wrong-source ${outcome.port}`;
  return failureKey(outcome) ?? outcome.kind;
}

const ENDS = ['completed', 'cancelled', 'dropped'] as const;

function readOutcome(text: unknown): Outcome {
  const said = matching(text, /^[\w.-]{1,64}(?: \d{1,5})?$/, 'outcome');
  const end = ENDS.find((kind) => kind === said);
  if (end !== undefined) return { kind: end };
  const [, port] = /^wrong-source (\d+)$/.exec(said) ?? [];
  if (port !== undefined) return { kind: 'wrong-source', port: Number(port) };
  const failure = failureOf(said);
  if (failure.kind === 'other' || failure.kind === 'wrong-source')
    throw new Error('an outcome that is not known');
  return failure;
}

function whole(value: unknown, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new Error(`${what} that is no whole number`);
}

function natural(value: unknown, what: string): number {
  const number = whole(value, what);
  if (number >= 0) return number;
  throw new Error(`${what} below 0`);
}

function matching(value: unknown, form: RegExp, what: string): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Error(`${what} of another form`);
}
