// Data connections under TLS: whoever dials, the server is the TLS server; what is moved is whole, and how it ended is known.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { serving } from '../serving.ts';
import { PEM, SealedClient, WAYS } from './sealing.ts';

const MIB = 1024 * 1024;

describe.each(WAYS)('$mode, $version', (way) => {
  const { version } = way;
  const connecting = { minVersion: version, maxVersion: version } as const;

  it('moves files and listings of any size whole, and says how they were sealed', () =>
    serving({ write: true, tlsPem: PEM }, async ({ address, root, recorded }) => {
      const sealed = await SealedClient.connect(address, connecting);
      for (const bytes of [0, 10, 100_000, 5 * MIB]) {
        const content = randomBytes(bytes);
        await writeFile(join(root, 'down'), content);
        const down = await sealed.fetch('RETR down', way);
        expect(down.last).toMatch(/^226 /);
        expect(down.content.equals(content)).toBe(true);
        expect(await sealed.store('STOR up', content, way)).toMatch(/^226 /);
        expect((await readFile(join(root, 'up'))).equals(content)).toBe(true);
      }
      expect((await sealed.fetch('LIST', way)).content.toString()).toMatch(/ down\r\n/);
      const records = await recorded(9);
      expect(records.map(({ tls }) => tls?.protocol)).toEqual(Array(9).fill(version));
      expect(records.map(({ bytes }) => bytes).slice(0, 8)).toEqual([
        0,
        0,
        10,
        10,
        1e5,
        1e5,
        5 * MIB,
        5 * MIB,
      ]);
      await sealed.client.quit();
    }));

  it('ends an upload at close_notify, without waiting for the FIN of its client', () =>
    serving({ write: true, tlsPem: PEM }, async ({ address, root }) => {
      const sealed = await SealedClient.connect(address, connecting);
      const { socket } = await sealed.open('STOR up', way);
      const tls = await sealed.seal(socket, { keepsFin: true });
      const answered = once(tls.resume(), 'end'); // by its own close_notify, or its FIN
      tls.end('content');
      expect(await sealed.client.reply()).toMatch(/^226 /);
      await answered;
      expect(socket.writableEnded).toBe(false);
      expect(await readFile(join(root, 'up'), 'utf8')).toBe('content');
      socket.destroy();
      await sealed.client.quit();
    }));

  it.each([
    ['refuse', /^426 .*close_notify/],
    ['accept', /^226 /],
  ] as const)('a bare FIN: %s', (tlsBareFin, reply) =>
    serving({ write: true, tlsPem: PEM, tlsBareFin }, async ({ address, recorded }) => {
      const sealed = await SealedClient.connect(address, connecting);
      const { socket } = await sealed.open('STOR up', way);
      const tls = await sealed.seal(socket, { keepsFin: false });
      await new Promise((resolve) => tls.resume().write('half a fi', resolve));
      socket.end();
      expect(await sealed.client.reply()).toMatch(reply);
      const [record] = await recorded(1);
      const refused = { kind: 'failed', phase: 'transfer', code: 'TLS_TRUNCATED' };
      expect(record?.outcome).toEqual(tlsBareFin === 'refuse' ? refused : { kind: 'completed' });
      expect(await sealed.client.command('SIZE up')).toMatch(
        tlsBareFin === 'refuse' ? /^(550|213 8)/ : /^213 9/,
      );
      socket.destroy();
      await sealed.client.quit();
    }),
  );
});
