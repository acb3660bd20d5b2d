// One transfer as one line of NDJSON: what the client saw, and beside it what the server recorded.
import type { Attempt } from '../../result/attempt.ts';
import { failureKey } from '../../result/outcome.ts';
import type { BlockResult } from '../../result/types.ts';
import type { DataConnectionRecord } from '../../server/data/record.ts';

/** One attempt of a block, and the server's record of it; null where the server tells nothing, or knows none. */
export interface AttemptLine {
  readonly scenario: string;
  /** Names the row: a binder, a peer, a target. */
  readonly contestant: string;
  /** Null where it is none of ours. */
  readonly binder: BlockResult['binder'];
  /** Index of the block. */
  readonly block: number;
  /** Of the first part of the block, which no number of the result counts. */
  readonly warmUp: boolean;
  readonly attempt: Attempt;
  readonly record: DataConnectionRecord | null;
}

/**
 * A flat object with the same keys in every line, ended by a newline; null for what is not known.
 *
 * - Times `…AtMs` are milliseconds since the machine booted (CLOCK_MONOTONIC), `…Ms` durations in milliseconds. Between
 *   blocks of a run that was taken up again after a reboot they cannot be compared.
 * - `warmUp`: true for a transfer that is not counted. Of the others of a row's blocks, `endedAtMs - scheduledAtMs` of
 *   the completed, and no end for the failed, give its quantiles again (blocks with a cancelled transfer left out).
 * - `outcome`: `completed`, `cancelled`, `dropped`, or the key of the failure: `bind.EADDRINUSE`, `reply.550`, ….
 * - `clientAddress`/`clientPort`: where the client listened; `serverAddress`/`serverPort`: where the data connection
 *   came from. Together they are its 4-tuple.
 * - `hash`: SHA-1 in hex of the bytes received, of the bytes sent on STOR.
 * - `server…`: the server's own record: its process, bind calls, time in each phase (waits between binds are in
 *   `serverWaitedMs` and in `serverBindMs`), bytes and outcome: `completed`, `aborted.PHASE` or `PHASE.ERRNO`.
 */
export function formatAttempt({
  scenario,
  contestant,
  binder,
  block,
  warmUp,
  attempt,
  record,
}: AttemptLine): string {
  const { index, session, command, scheduledAtMs, startedAtMs, endedAtMs, bytes, hash } = attempt;
  return `${JSON.stringify({
    ...{
      scenario,
      contestant,
      binder,
      block,
      warmUp,
      index,
      session,
      command,
      scheduledAtMs,
      startedAtMs,
      endedAtMs,
      bytes,
      hash,
    },
    replyCode: attempt.replyCode ?? null,
    outcome: failureKey(attempt.outcome) ?? attempt.outcome.kind,
    clientAddress: attempt.local?.address ?? null,
    clientPort: attempt.local?.port ?? null,
    serverAddress: attempt.remote?.address ?? null,
    serverPort: attempt.remote?.port ?? null,
    serverPid: record?.pid ?? null,
    serverStartedAtMs: record?.startedAtMs ?? null,
    serverEndedAtMs: record?.endedAtMs ?? null,
    serverBindCalls: record?.bindCalls ?? null,
    serverWaitedMs: record?.waitedMs ?? null,
    serverBindMs: record?.bindMs ?? null,
    serverWindowMs: record?.windowMs ?? null,
    serverConnectMs: record?.connectMs ?? null,
    serverTransferMs: record?.transferMs ?? null,
    serverBytes: record?.bytes ?? null,
    serverOutcome: record === null ? null : serverOutcome(record.outcome),
  })}\n`;
}

function serverOutcome(outcome: DataConnectionRecord['outcome']): string {
  switch (outcome.kind) {
    case 'completed':
      return outcome.kind;
    case 'failed':
      return `${outcome.phase}.${outcome.code}`;
    case 'aborted':
      return `aborted.${outcome.phase}`;
    default:
      return outcome satisfies never;
  }
}
