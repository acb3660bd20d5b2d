import { subscribe } from 'node:diagnostics_channel';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from 'port20';

subscribe(DATA_CONNECTION_CHANNEL, (message) => {
  const { command, bindCalls, windowMs, bytes, outcome } = message as DataConnectionRecord;
  console.log(command, bindCalls, windowMs, bytes, outcome.kind);
});
