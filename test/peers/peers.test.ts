// Every peer under many sessions at once: as root, on Debian. What they differ in is in one table.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransferReport, TransferRequest } from '../../src/client/types.ts';
import { readSocketsMeeting } from '../../src/net/socket-table.ts';
import { startPeer } from '../../src/peers/peers.ts';
import { PEER_NAMES, type Peer, type PeerName } from '../../src/peers/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { CONTENT, createRoot, type Root } from './root.ts';
import { manySessions, sessionOf } from './sessions.ts';

/** For control port 2121. */
const DATA_PORTS: Readonly<Record<PeerName, number | 'ephemeral'>> = {
  vsftpd: 2120,
  proftpd: 2120,
  'pure-ftpd': 20,
  pyftpdlib: 'ephemeral',
};
const SESSIONS = 64;

let root: Root;
let peer: Peer | undefined;
beforeEach(async () => {
  root = await createRoot();
});
afterEach(async () => {
  await peer?.stop();
  await root.remove();
});

async function started(name: PeerName): Promise<Peer> {
  peer = await startPeer(name, { server: { address: ownAddress(), port: 2121 }, root: root.path });
  return peer;
}

function repeated(times: number, request: TransferRequest): TransferRequest[] {
  return Array.from({ length: times }, () => request);
}

function failuresOf(reports: readonly TransferReport[]): readonly unknown[] {
  return reports
    .filter(({ error }) => error !== undefined)
    .map(({ error, replyCode }) => ({ error, replyCode }));
}

function sourcePorts(reports: readonly TransferReport[]): number[] {
  return [...new Set(reports.map(({ remote }) => remote?.port ?? 0))];
}

describe.each(PEER_NAMES)('%s', (name) => {
  it('serves many sessions at once from the port that it says', async () => {
    const { dataPort, keepsPort } = await started(name);
    const fetched = await manySessions(peer as Peer, SESSIONS, () =>
      repeated(15, { direction: 'retr', path: 'file-4KiB' }),
    );
    expect(failuresOf(fetched)).toEqual([]);
    const hash = createHash('sha1').update(CONTENT).digest('hex');
    expect(new Set(fetched.map((report) => report.hash))).toEqual(new Set([hash]));
    const expected = DATA_PORTS[name];
    expect({ dataPort, keepsPort }).toEqual(
      expected === 'ephemeral'
        ? { dataPort: 2120, keepsPort: false }
        : { dataPort: expected, keepsPort: true },
    );
    if (expected === 'ephemeral') expect(sourcePorts(fetched)).not.toContain(2120);
    else expect(sourcePorts(fetched)).toEqual([expected]);
  });

  it('takes uploads, overwrites them, gives them back, and lists', async () => {
    await started(name);
    const content = Buffer.alloc(4096, 'x');
    const reports = await manySessions(peer as Peer, 16, (session) => [
      ...repeated(3, { direction: 'stor', path: `uploads/${session}`, content }),
      ...repeated(3, { direction: 'stor', path: 'uploads/same', content }),
      { direction: 'retr', path: `uploads/${session}` },
      { direction: 'list', path: '' },
      { direction: 'list', path: 'uploads' },
    ]);
    expect(failuresOf(reports)).toEqual([]);
    expect(content.equals(await readFile(join(root.path, 'uploads', 'same')))).toBe(true);
    expect(reports.filter(({ command, bytes }) => command === 'RETR' && bytes !== 4096)).toEqual([]);
    expect(reports.filter(({ command, bytes }) => command === 'LIST' && bytes < 60)).toEqual([]);
  });

  it('leaves no process, no listener and no folder', async () => {
    const { server, pids, stop } = await started(name);
    const sessions = await Promise.all([sessionOf(peer as Peer), sessionOf(peer as Peer)]);
    const before = pids();
    expect(before.length).toBeGreaterThanOrEqual(name === 'pyftpdlib' ? 1 : 3);
    await stop();
    expect(before.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(pids()).toEqual([]);
    expect(readSocketsMeeting(server, ['LISTEN'])).toEqual([]);
    await stop();
    for (const session of sessions) session.close();
  });
});
