// One server process of a run: serves one block after another and keeps the records of its data connections.
import { subscribe } from 'node:diagnostics_channel';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../server/record.ts';
import { createServer, type FtpServer } from '../server/server.ts';
import { type BinderServer, type ToWorker, tellParent } from './messages.ts';

/** Records in one message. */
const BATCH = 5000;

/** Obeys `open` and `shut` until the parent is gone. */
export function serveBlocks(): void {
  let server: FtpServer | undefined;
  let records: DataConnectionRecord[] = [];
  subscribe(DATA_CONNECTION_CHANNEL, (record) => records.push(record as DataConnectionRecord));

  async function obey(order: ToWorker): Promise<void> {
    switch (order.type) {
      case 'open':
        records = [];
        server = createServer(optionsOf(order.spec));
        await server.listen();
        return tellParent({ type: 'opened' });
      case 'shut':
        await server?.close();
        for (let at = 0; at < records.length; at += BATCH) {
          tellParent({ type: 'records', records: records.slice(at, at + BATCH) });
        }
        return tellParent({ type: 'shut' });
      default:
        return order satisfies never;
    }
  }

  process.on('message', (order: ToWorker) => {
    obey(order).catch((error: Error) => tellParent({ type: 'failed', message: error.message }));
  });
  tellParent({ type: 'up', pids: [process.pid] });
}

/** The plan says how many sessions there are; the server's own limit must not say otherwise. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

function optionsOf(spec: BinderServer) {
  const { server, root, binder, retry, timeUnitMs, bindToConnectMs } = spec;
  const { address: host, port } = server;
  return { host, port, root, binder, timeUnitMs, bindToConnectMs, retry, write: true, maxSessions: NO_LIMIT };
}
