// One log line for every data connection: a subscriber like any other, the data path does not know of it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Logger } from 'pino';
import { formatEndpoint } from '../../address.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../data/record.ts';

/** Logs every data connection of this process: `info`, or `warn` for one that failed. Returns how to stop it. */
export function logRecords(log: Logger): () => void {
  const listener = (message: unknown) => logRecord(log, message as DataConnectionRecord);
  subscribe(DATA_CONNECTION_CHANNEL, listener);
  return () => void unsubscribe(DATA_CONNECTION_CHANNEL, listener);
}

function logRecord(log: Logger, record: DataConnectionRecord): void {
  const { pid: _, local, remote, ...rest } = record; // the logger writes the process on every line
  const { outcome, command } = rest;
  const fields = { ...rest, local: formatEndpoint(local), remote: formatEndpoint(remote) };
  const text = `${command} ${describeOutcome(record)}`;
  if (outcome.kind === 'failed') log.warn(fields, text);
  else log.info(fields, text);
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
