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

function fieldsOf(record: DataConnectionRecord): object {
  // The logger writes process and time on every line; the record's times count from the machine's start.
  const { pid: _, startedAtMs, endedAtMs, peer, local, remote, ...rest } = record;
  const { bytes, transferMs } = record;
  return {
    ...rest,
    ...timesOf(record),
    peer: peer.address,
    local: formatEndpoint(local),
    remote: formatEndpoint(remote),
    tookMs: roundMs(endedAtMs - startedAtMs),
    ...(transferMs > 0 && { bytesPerSecond: Math.round((bytes / transferMs) * 1000) }),
    ...adviceFor(record),
  };
}

function timesOf({ waitedMs, bindMs, connectMs, transferMs, windowMs }: DataConnectionRecord): object {
  return {
    waitedMs: roundMs(waitedMs),
    bindMs: roundMs(bindMs),
    connectMs: roundMs(connectMs),
    transferMs: roundMs(transferMs),
    windowMs: roundMs(windowMs),
  };
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
