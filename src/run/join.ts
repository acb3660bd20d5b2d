// Two views of one transfer: what the client saw and what the server recorded, joined by 4-tuple and time.
import { type Endpoint, formatEndpoint, sameEndpoint } from '../address.ts';
import type { Attempt } from '../result/attempt.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';

export interface Joined {
  readonly pairs: readonly { readonly attempt: Attempt; readonly record: DataConnectionRecord }[];
  /** Attempts that must have had a data connection, but of which the server has no record. */
  readonly attemptsAlone: readonly Attempt[];
  readonly recordsAlone: readonly DataConnectionRecord[];
  /** Attempts that the run itself ended. */
  readonly cancelled: number;
}

/**
 * A client's session listens on an endpoint that is its own, so the client's end of the 4-tuple names the pair;
 * where an endpoint was used again, the pair is the one that overlaps in time. The server's end is then compared.
 * @param clockErrorMs how far the clocks of the two may be apart
 */
export function joinAttempts(
  attempts: readonly Attempt[],
  records: readonly DataConnectionRecord[],
  clockErrorMs = 0,
): Joined {
  const waiting = groupedByClientEnd(records);
  const pairs: { attempt: Attempt; record: DataConnectionRecord }[] = [];
  const attemptsAlone: Attempt[] = [];
  for (const attempt of attempts) {
    const record = takeMatch(attempt, waiting, clockErrorMs);
    if (record !== undefined) pairs.push({ attempt, record });
    else if (hadDataConnection(attempt)) attemptsAlone.push(attempt);
  }
  const cancelled = attempts.filter(({ outcome }) => outcome.kind === 'cancelled').length;
  return { pairs, attemptsAlone, recordsAlone: [...waiting.values()].flat(), cancelled };
}

function groupedByClientEnd(records: readonly DataConnectionRecord[]): Map<string, DataConnectionRecord[]> {
  const groups = new Map<string, DataConnectionRecord[]>();
  for (const record of records) {
    const key = formatEndpoint(record.remote);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}

function takeMatch(
  attempt: Attempt,
  waiting: Map<string, DataConnectionRecord[]>,
  clockErrorMs: number,
): DataConnectionRecord | undefined {
  if (attempt.local === undefined) return undefined;
  const key = formatEndpoint(attempt.local);
  const group = waiting.get(key) ?? [];
  const at = group.findIndex(
    (record) => overlaps(attempt, record, clockErrorMs) && sameServerEnd(attempt.remote, record),
  );
  if (at === -1) return undefined;
  const [record] = group.splice(at, 1);
  if (group.length === 0) waiting.delete(key);
  return record;
}

function overlaps(attempt: Attempt, record: DataConnectionRecord, errorMs: number): boolean {
  return (
    record.startedAtMs <= attempt.endedAtMs + errorMs && record.endedAtMs >= attempt.startedAtMs - errorMs
  );
}

function sameServerEnd(remote: Endpoint | undefined, record: DataConnectionRecord): boolean {
  return remote === undefined || sameEndpoint(remote, record.local);
}

function hadDataConnection({ remote, outcome }: Attempt): boolean {
  if (remote !== undefined || outcome.kind === 'completed') return true;
  // A client that could not listen has sent no PORT: the server was never asked.
  return outcome.kind === 'socket-error' && outcome.phase !== 'control' && outcome.phase !== 'listen';
}

/** Whether the two views cannot both be true: a transfer that arrived and failed, or a bind that failed and did not. */
export function contradict({ outcome: seen }: Attempt, { outcome: recorded }: DataConnectionRecord): boolean {
  if (seen.kind === 'completed') return recorded.kind !== 'completed';
  if (seen.kind !== 'socket-error' || seen.phase !== 'bind') return false;
  return recorded.kind !== 'failed' || recorded.phase !== 'bind';
}
