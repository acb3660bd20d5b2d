// One server process of a run: serves one block after another and keeps the records of its data connections.
import { subscribe } from 'node:diagnostics_channel';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../server/data/record.ts';
import { takeConnections } from '../server/operation/taker.ts';
import { type AcceptingServer, createAcceptingServer } from '../server/server.ts';
import { obeyParentAlone, optionsOf, type ToWorker, tellParent } from './messages.ts';

/** Records in one message. */
const BATCH = 5000;

/** Obeys `open` and `shut` until the parent is gone. */
function serveBlocks(): void {
  let server: AcceptingServer | undefined;
  let records: DataConnectionRecord[] = [];
  subscribe(DATA_CONNECTION_CHANNEL, (record) => records.push(record as DataConnectionRecord));

  async function obey(order: ToWorker): Promise<void> {
    switch (order.type) {
      case 'open':
        records = [];
        server = createAcceptingServer(optionsOf(order.spec));
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

  takeConnections((socket) => server?.accept(socket));
  process.on('message', (order: ToWorker) => {
    obey(order).catch((error: Error) => tellParent({ type: 'failed', message: error.message }));
  });
  tellParent({ type: 'up', pids: [process.pid] });
}

obeyParentAlone();
serveBlocks();
