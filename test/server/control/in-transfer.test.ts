// Commands while a transfer runs: STAT at once, ABOR in every form it is sent in, and all others in their turn.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import koffi from 'koffi';
import { RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

const LARGE = randomBytes(20_000_000); // more than the kernel buffers of both ends take

function withLarge(test: (one: Serving) => Promise<void>): Promise<void> {
  return serving({ write: true }, async (one) => {
    await writeFile(join(one.root, 'large'), LARGE);
    await test(one);
  });
}

/** The two ways to a data connection: how `command` is sent, and the socket that it uses. */
const WAYS: readonly (readonly [string, (client: RawClient, command: string) => Promise<Socket>])[] = [
  [
    'active',
    async (client, command) => {
      const listener = await client.announce();
      client.send(`${command}\r\n`);
      const socket = await listener.accepted();
      void listener.close(); // no more of them; it resolves when this one is over
      return socket;
    },
  ],
  [
    'passive',
    async (client, command) => {
      const [, port] = /\|\|\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
      const host = client.socket.remoteAddress ?? '';
      const socket = connect({ host, port: Number(port), allowHalfOpen: true });
      socket.on('error', () => {});
      client.send(`${command}\r\n`);
      return socket;
    },
  ],
];

describe.each(WAYS)('%s', (_name, begin) => {
  it('STAT is answered at once, with the bytes so far; NOOP and what is behind it wait', () =>
    withLarge(async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const socket = await begin(client, 'RETR large');
      expect(await client.reply()).toMatch(/^150 /);
      expect(await client.command('STAT')).toMatch(/^211-[\s\S]*\r\n RETR: \d+ bytes so far\.\r\n211 End\.$/);
      client.send('NOOP\r\nSTAT\r\n');
      expect((await readAll(socket)).equals(LARGE)).toBe(true);
      expect(await client.reply()).toMatch(/^226 /);
      expect(await client.reply()).toMatch(/^200 /);
      expect(await client.reply()).not.toContain('RETR');
      await client.quit();
    }));

  it('STAT of an upload tells what has come, and STAT with a path waits', () =>
    withLarge(async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const socket = await begin(client, 'STOR up');
      expect(await client.reply()).toMatch(/^150 /);
      expect(await client.command('STAT')).toContain('\r\n STOR: 0 bytes so far.\r\n');
      client.send('STAT large\r\n');
      socket.resume().end('content');
      expect(await client.reply()).toMatch(/^226 /);
      expect(await client.reply()).toMatch(/^213-Status:\r\n\S+ .* large\r\n213 End\.$/);
      await client.quit();
    }));

  it('QUIT: the transfer, 226, 221; REIN and USER too wait for its end', () =>
    withLarge(async ({ address, root }) => {
      const client = await RawClient.loggedIn(address);
      const socket = await begin(client, 'STOR up');
      expect(await client.reply()).toMatch(/^150 /);
      client.send('USER ftp\r\nREIN\r\nQUIT\r\n');
      socket.resume().end(LARGE);
      for (const replyCode of ['226', '331', '220', '221']) {
        expect((await client.reply()).slice(0, 3)).toBe(replyCode);
      }
      await client.ended();
      expect(LARGE.equals(await readFile(join(root, 'up')))).toBe(true);
    }));

  describe.each<[string, (client: RawClient) => void | Promise<void>]>([
    ['plain', (client) => client.send('ABOR\r\n')],
    ['lower case, LF alone', (client) => client.send('abor\n')],
    ['in two packets', (client) => inTwo(client, Buffer.from('AB'), Buffer.from('OR\r\n'))],
    [
      'IAC IP IAC DM in the same packet',
      (client) => client.send(bytes([0xff, 0xf4, 0xff, 0xf2], 'ABOR\r\n')),
    ],
    ['the DM glued before the verb', (client) => client.send(bytes([0xf2], 'ABOR\r\n'))],
    [
      'the Telnet bytes ahead',
      (client) => inTwo(client, bytes([0xff, 0xf4, 0xff, 0xf2]), bytes([], 'ABOR\r\n')),
    ],
    [
      'IAC IP IAC, DM as urgent data',
      (client) => urgently(client, bytes([0xff, 0xf4, 0xff], ''), bytes([0xf2], '')),
    ],
    [
      'all four as urgent data',
      (client) => urgently(client, bytes([], ''), bytes([0xff, 0xf4, 0xff, 0xf2], '')),
    ],
  ])('ABOR, %s', (_form, abort) => {
    it.each(['RETR large', 'STOR up'])('of %s: 426, 226, and the next verb is understood', (command) =>
      withLarge(async ({ address, records }) => {
        const client = await RawClient.loggedIn(address);
        const socket = await begin(client, command);
        expect(await client.reply()).toMatch(/^150 /);
        await abort(client);
        expect(await client.reply()).toBe('426 Transfer aborted.');
        expect(await client.reply()).toMatch(/^226 /);
        expect(records).toMatchObject([{ outcome: { kind: 'aborted', phase: 'transfer' } }]);
        expect(await client.command('PWD')).toBe('257 "/"');
        socket.destroy();
        await client.quit();
      }),
    );

    it('without a transfer: 226 alone', () =>
      serving({}, async ({ address }) => {
        const client = await RawClient.loggedIn(address);
        await abort(client);
        expect(await client.reply()).toMatch(/^226 /);
        expect(await client.command('PWD')).toBe('257 "/"');
        await client.quit();
      }));
  });
});

it('Telnet bytes alone are answered by nothing', () =>
  serving({}, async ({ address }) => {
    const client = await RawClient.loggedIn(address);
    client.send(bytes([0xff, 0xf4, 0xff, 0xf2], '\r\n'));
    client.send(bytes([0xff, 0xfd, 0x06], '\r\n'));
    expect(await client.command('PWD')).toBe('257 "/"');
    await client.quit();
  }));

it('STAT is answered while the data connection is waited for', () =>
  serving({}, async ({ address, root }) => {
    await writeFile(join(root, 'f'), 'content');
    const client = await RawClient.loggedIn(address);
    const [, port] = /\|\|\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
    client.send('RETR f\r\nSTAT\r\n');
    expect(await client.reply()).toContain('\r\n RETR: waiting for its data connection.\r\n');
    expect((await readAll(connect({ host: address.address, port: Number(port) }))).toString()).toBe(
      'content',
    );
    expect(await client.reply()).toMatch(/^150 /);
    expect(await client.reply()).toMatch(/^226 /);
    await client.quit();
  }));

function bytes(telnet: readonly number[], text = ''): Buffer {
  return Buffer.concat([Buffer.from(telnet), Buffer.from(text)]);
}

/** Two packets, as Nagle's algorithm is off; the order of events is the same where the kernel joins them. */
async function inTwo(client: RawClient, first: Buffer, second: Buffer): Promise<void> {
  await new Promise<void>((resolve) => client.socket.write(first, () => resolve()));
  await turn();
  client.send(second);
}

const send = koffi.load(null).func('intptr_t send(int, const void *, size_t, int)');
const MSG_OOB = 1;

/** As lftp does: the last of `urgent` is the urgent byte, which the server's stream does not get. */
function urgently(client: RawClient, before: Buffer, urgent: Buffer): void {
  const { fd } = (client.socket as unknown as { _handle: { fd: number } })._handle;
  if (before.length > 0) send(fd, before, before.length, 0);
  send(fd, urgent, urgent.length, MSG_OOB);
  client.send('ABOR\r\n');
}
