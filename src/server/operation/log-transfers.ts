// One log line for every data connection; of a 425 with what an operator can do about it.
import type { Logger } from 'pino';
import { formatEndpoint } from '../../address.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../data/record.ts';
import { adviceOn } from './advice.ts';
import { follow } from './follow.ts';
import { roundMs } from './round.ts';

/** `info`, or `warn` for one that failed. @returns how to stop */
export function logTransfers(log: Logger): () => void {
  return follow(DATA_CONNECTION_CHANNEL, (record: DataConnectionRecord) => {
    const text = `${record.command} ${describeOutcome(record)}`;
    if (record.outcome.kind === 'failed') log.warn(fieldsOf(record), text);
    else if (log.isLevelEnabled('info')) log.info(fieldsOf(record), text);
  });
}

/** Written out: a spread of so many fields costs as much as a system call, and this is done for every transfer. */
function fieldsOf(record: DataConnectionRecord): object {
  const { startedAtMs, endedAtMs, peer, local, remote, change, claimed, tls, bytes, transferMs } = record;
  // The logger writes process and time on every line; the record's times count from the machine's start.
  const fields = {
    binder: record.binder,
    server: record.server,
    session: record.session,
    user: record.user,
    command: record.command,
    direction: record.direction,
    type: record.type,
    restartBytes: record.restartBytes,
    path: record.path,
    bindCalls: record.bindCalls,
    waitedMs: roundMs(record.waitedMs),
    bindMs: roundMs(record.bindMs),
    connectMs: roundMs(record.connectMs),
    transferMs: roundMs(transferMs),
    windowMs: roundMs(record.windowMs),
    bytes,
    outcome: record.outcome,
    change, // left out where there is none
    claimed: claimed && formatEndpoint(claimed),
    tls,
    peer: peer.address,
    local: formatEndpoint(local),
    remote: formatEndpoint(remote),
    tookMs: roundMs(endedAtMs - startedAtMs),
    bytesPerSecond: transferMs > 0 ? Math.round((bytes / transferMs) * 1000) : undefined,
  };
  return record.outcome.kind === 'failed' ? { ...fields, ...adviceFor(record) } : fields;
}

function adviceFor({ outcome, binder, local }: DataConnectionRecord): { readonly advice?: string } {
  if (outcome.kind !== 'failed' || outcome.phase === 'transfer') return {};
  const { phase, code } = outcome;
  const step = binder === 'passive' ? 'accept' : phase;
  return { advice: adviceOn({ step, code, binder, port: local.port }) };
}

function describeOutcome({ outcome, bytes }: DataConnectionRecord): string {
  switch (outcome.kind) {
    case 'completed':
      return `completed, ${bytes} bytes`;
    case 'aborted':
      return `aborted in ${outcome.phase}`;
    case 'failed':
      return `failed in ${outcome.phase}: ${outcome.code}`;
    default:
      return outcome satisfies never;
  }
}
