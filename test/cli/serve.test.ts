// `port20 serve` from its command line to a file that is fetched; serve.long.test.ts has all that it can be told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { RawClient, readAll } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, start } from './port20.ts';

it.each(['1', '2'])(
  'serves a folder from the data port L-1 until it is told to stop, --workers %s',
  async (workers) => {
    const [address, root] = [ownAddress(), emptyFolder()];
    writeFileSync(join(root, 'file'), 'content');
    const place = ['--listen', `${address}:2121`, '--root', root, '--log-level', 'silent'];
    const server = start(['serve', ...place, '--workers', workers]);
    await server.stderrMatch(/^listening on .*:2121, data port 2120, binder reuse-port, retry none/m);
    const client = await RawClient.loggedIn({ address, port: 2121 });
    for (let time = 0; time < 2; time++) {
      const listener = await client.announce();
      client.send('RETR file\r\n');
      const data = await listener.accepted();
      expect([data.remoteAddress, data.remotePort]).toEqual([address, 2120]);
      expect((await readAll(data)).toString()).toBe('content');
      expect([await client.reply(), await client.reply()]).toEqual([
        expect.stringMatching(/^150 /),
        '226 Transfer complete.',
      ]);
      await listener.close();
    }
    server.child.kill('SIGTERM');
    expect(await client.reply()).toBe('421 The server is closing.');
    expect((await server.ended).status).toBe(143);
  },
);
