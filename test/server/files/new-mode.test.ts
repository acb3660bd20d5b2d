// The permission bits of what clients make: those that --umask leaves, whatever umask the process has.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RawClient } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

async function modeOf({ root }: Serving, name: string): Promise<number> {
  return (await stat(join(root, name))).mode & 0o7777;
}

async function upload(client: RawClient, command: string): Promise<void> {
  const listener = await client.announce();
  client.send(`${command}\r\n`);
  const socket = await listener.accepted();
  await client.reply();
  socket.resume().end('content');
  expect(await client.reply()).toMatch(/^226 /);
  await listener.close();
}

async function withProcessUmask(umask: number, test: () => Promise<void>): Promise<void> {
  const before = process.umask(umask);
  try {
    await test();
  } finally {
    process.umask(before);
  }
}

describe.each([
  [undefined, 0o022, 0o644, 0o755],
  [undefined, 0o007, 0o660, 0o770],
  [0o022, 0o077, 0o644, 0o755],
  [0o002, 0o022, 0o664, 0o775],
  [0o077, 0o000, 0o600, 0o700],
  [0o777, 0o022, 0o000, 0o000],
  [0o000, 0o027, 0o666, 0o777],
])('umask %o in a process with %o', (umask, ofProcess, file, folder) => {
  it('is that of STOR, APPE, STOU and MKD; what is replaced keeps its bits', () =>
    withProcessUmask(ofProcess, () =>
      serving({ write: true, ...(umask !== undefined && { umask }) }, async (one) => {
        await writeFile(join(one.root, 'old'), '', { mode: 0o600 });
        const client = await RawClient.loggedIn(one.address);
        await upload(client, 'STOR new');
        await upload(client, 'APPE appended');
        await upload(client, 'STOR old');
        expect(await client.command('MKD folder')).toMatch(/^257 /);
        expect(await modeOf(one, 'new')).toBe(file);
        expect(await modeOf(one, 'appended')).toBe(file);
        expect(await modeOf(one, 'old')).toBe(0o600);
        expect(await modeOf(one, 'folder')).toBe(folder);
        await client.command('SITE CHMOD 640 new');
        expect(await modeOf(one, 'new')).toBe(0o640); // what a client asks for is no default
        await client.quit();
      }),
    ));
});

it('that changes while a session lasts is that of all that it makes from then on', () =>
  withProcessUmask(0, () =>
    serving({ write: true, umask: 0o022 }, async (one) => {
      const client = await RawClient.loggedIn(one.address);
      const { address: host, port } = one.address;
      await one.server.reload({ host, port, root: one.root, write: true, umask: 0o077 });
      await upload(client, 'STOR new');
      await upload(client, 'APPE appended');
      expect(await client.command('MKD folder')).toMatch(/^257 /);
      expect([await modeOf(one, 'new'), await modeOf(one, 'appended')]).toEqual([0o600, 0o600]);
      expect(await modeOf(one, 'folder')).toBe(0o700);
      await client.quit();
    }),
  ));

it('a folder whose group is inherited stays so', () =>
  serving({ write: true, umask: 0o002 }, async (one) => {
    await mkdir(join(one.root, 'shared'));
    const client = await RawClient.loggedIn(one.address);
    await client.command('SITE CHMOD 777 shared');
    const { chmodSync } = await import('node:fs');
    chmodSync(join(one.root, 'shared'), 0o2775);
    await withProcessUmask(0o022, async () => {
      expect(await client.command('MKD shared/below')).toMatch(/^257 /);
    });
    expect(await modeOf(one, 'shared/below')).toBe(0o2775);
    await client.quit();
  }));
