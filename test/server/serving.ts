// A real server on an address of its own, with a root of its own, and the records of its data connections.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../../src/address.ts';
import type { Clock } from '../../src/clock.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../../src/server/data/record.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { createServer, type FtpServer } from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';

export interface Serving {
  readonly server: FtpServer;
  readonly address: Endpoint;
  readonly root: string;
  readonly records: readonly DataConnectionRecord[];
  /** Resolves with the records as soon as there are `count`. */
  recorded(count: number): Promise<readonly DataConnectionRecord[]>;
}

/** Runs `test` against a server; afterwards nothing of it is left. */
export async function serving(
  options: ServerOptions,
  test: (serving: Serving) => Promise<void>,
  clock?: Clock,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  const place = options.listen === undefined ? { host: ownAddress(), port: 2121 } : {};
  const server = createServer({ ...place, root, ...options }, clock);
  const records: DataConnectionRecord[] = [];
  let wake = () => {};
  const listener = (record: unknown) => {
    records.push(record as DataConnectionRecord);
    wake();
  };
  const recorded = async (count: number) => {
    while (records.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return records;
  };
  subscribe(DATA_CONNECTION_CHANNEL, listener);
  try {
    await test({ server, address: await server.listen(), root, records, recorded });
  } finally {
    await server.close();
    unsubscribe(DATA_CONNECTION_CHANNEL, listener);
    await rm(root, { recursive: true });
  }
}
