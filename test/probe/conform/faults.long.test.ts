// A case that nothing can fail is no case: each is broken by a server that was made for that.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { conform, listCases } from '../../../src/probe/conform/conform.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { createServer } from '../../../src/server/server.ts';
import { ownAddress } from '../../support/loopback.ts';
import { FAULTS } from './faults.ts';
import { startLiar } from './liar.ts';

/** In the order of `UPSTREAM`. */
const SERVERS: readonly ServerOptions[] = [
  { port: 2121 },
  { port: 2321, binder: 'ephemeral' },
  { port: 2521, binder: 'legacy', retry: 'none' },
];
const PATIENCE = { stepMs: 1500, settleMs: 200, unansweredMs: 2000 };

it('every case has its fault', () => {
  expect(Object.keys(FAULTS).sort()).toEqual(
    listCases()
      .map(({ id }) => id)
      .sort(),
  );
});

it('and is broken by it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  const host = ownAddress();
  const servers = SERVERS.map((options) => createServer({ ...options, host, root, write: true }));
  const liar = await startLiar(await Promise.all(servers.map((server) => server.listen())));
  try {
    const target = { server: liar.endpoint, user: 'anonymous', password: 'x@', dataPort: 2120 };
    const onProgress = (id: string | null) => liar.use(id === null ? {} : (FAULTS[id] ?? {}));
    const { cases, notes } = await conform(target, { abuse: true, patience: PATIENCE, onProgress });
    expect(
      cases.filter(({ verdict }) => verdict !== 'breaks').map(({ id, seen }) => `${id}: ${seen}`),
    ).toEqual([]);
    expect(notes).toEqual([]);
  } finally {
    await liar.close();
    await Promise.all(servers.map((server) => server.close()));
    await rm(root, { recursive: true });
  }
}, 300_000);
