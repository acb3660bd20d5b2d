// A users file of pure-pw, whose hashes take seconds each to check: its users log in, and everybody else waits as long as that.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import type * as Server from '../../../src/server/server.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

const { createServer }: typeof Server = await import('../../../dist/server/server.js' as string);

const DATA = fileURLToPath(new URL('./data/', import.meta.url));

it("pure-pw's users log in with their limits, from where they may", async () => {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  for (const name of ['ann', 'ben', 'cat']) await mkdir(join(root, name));
  const usersFile = `${root}.users`;
  const text = await readFile(`${DATA}pureftpd.passwd`, 'latin1');
  await writeFile(usersFile, text.replaceAll('/tmp/ftp', root));
  const server = createServer({ host: ownAddress(), port: 2121, root, usersFile, loginTimeoutMs: 280_000 });
  const address = await server.listen();
  const logIn = async (name: string, password = 'Blue-Harbour 7', from = '127.2.3.4') => {
    const client = await RawClient.connect(address, from);
    await client.command(`USER ${name}`);
    const reply = await client.command(`PASS ${password}`);
    return { client, reply };
  };
  try {
    const all = await Promise.all([
      logIn('ann'),
      logIn('ben'),
      logIn('cat'),
      logIn('cat', undefined, '127.1.3.4'),
    ]);
    expect(all.map(({ reply }) => reply.slice(0, 3))).toEqual(['230', '230', '230', '530']);
    expect(await all[2]?.client.command('PWD')).toBe('257 "/cat"');
    expect((await logIn('ann', 'Blue-Harbour 8')).reply).toBe('530 Login incorrect.');
  } finally {
    await server.close();
    await rm(root, { recursive: true });
    await rm(usersFile);
  }
}, 300_000);
