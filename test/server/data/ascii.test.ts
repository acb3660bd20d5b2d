// TYPE A: LF on disk, CRLF on the wire, both ways and over both kinds of data connection; SIZE and REST speak of the wire.
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RawClient, readAll } from '../raw-client.ts';
import { serving } from '../serving.ts';

const DISK = 'one\ntwo\r\nthree\rfour\n\n';
const WIRE = 'one\r\ntwo\r\nthree\rfour\r\n\r\n';
/** More than is read before the data connection is made, with a line's end at every border there may be. */
const MANY_LINES = 'x\n'.repeat(400_000);

interface Session {
  readonly client: RawClient;
  /** Sends the command and opens its data connection. */
  open(command: string): Promise<Socket>;
}

function inAscii(write: boolean, passive: boolean, test: (session: Session, root: string) => Promise<void>) {
  return serving({ write }, async ({ address, root }) => {
    await writeFile(join(root, 'text'), DISK);
    await writeFile(join(root, 'many'), MANY_LINES);
    const client = await RawClient.loggedIn(address);
    expect(await client.command('TYPE A')).toBe('200 TYPE is A.');
    const listener = passive ? undefined : await client.announce();
    const open = async (command: string) => {
      if (listener !== undefined) {
        client.send(`${command}\r\n`);
        return listener.accepted();
      }
      const [, port] = /\|\|\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
      client.send(`${command}\r\n`);
      return connect({ host: address.address, port: Number(port), allowHalfOpen: true });
    };
    await test({ client, open }, root);
    await client.quit();
    await listener?.close();
  });
}

async function fetched({ client, open }: Session, command: string): Promise<string> {
  const content = await readAll(await open(command));
  expect(await client.reply()).toMatch(/^150 /);
  expect(await client.reply()).toBe('226 Transfer complete.');
  return content.toString();
}

async function stored({ client, open }: Session, command: string, packets: readonly string[]): Promise<void> {
  const socket = await open(command);
  expect(await client.reply()).toMatch(/^150 /);
  for (const packet of packets) await new Promise<void>((resolve) => socket.write(packet, () => resolve()));
  socket.resume().end();
  expect(await client.reply()).toMatch(/^226 /);
}

describe.each([
  ['active', false],
  ['passive', true],
])('%s', (_name, passive) => {
  it('RETR: a bare LF becomes CRLF, whatever the chunks are', () =>
    inAscii(false, passive, async (session) => {
      expect(await fetched(session, 'RETR text')).toBe(WIRE);
      expect(await fetched(session, 'RETR many')).toBe(MANY_LINES.replaceAll('\n', '\r\n'));
      expect(await session.client.command('TYPE I')).toMatch(/^200 /);
      expect(await fetched(session, 'RETR text')).toBe(DISK);
    }));

  it('STOR, APPE and STOU: CRLF becomes LF, wherever the packets part; a bare CR or LF stays', () =>
    inAscii(true, passive, async (session, root) => {
      const content = (name: string) => readFile(join(root, name), 'utf8');
      await stored(session, 'STOR up', ['a\r', '\nb\r', '\rc\n', '\r']);
      expect(await content('up')).toBe('a\nb\r\rc\n\r');
      await stored(session, 'APPE up', ['\nd\r\n']);
      expect(await content('up')).toBe('a\nb\r\rc\n\r\nd\n');
      await stored(session, 'STOR big', [MANY_LINES.replaceAll('\n', '\r\n')]);
      expect(await content('big')).toBe(MANY_LINES);
    }));
});

it('SIZE is that of the wire; above 10 MiB it is 550', () =>
  inAscii(false, false, async ({ client }, root) => {
    expect(await client.command('SIZE text')).toBe(`213 ${WIRE.length}`);
    expect(await client.command('SIZE many')).toBe(`213 ${1.5 * MANY_LINES.length}`);
    await truncate(join(root, 'text'), 10 * 1024 * 1024 + 1);
    expect(await client.command('SIZE text')).toBe('550 Too large to be counted in TYPE A: use TYPE I.');
    expect(await client.command('SIZE .')).toBe('550 Is a directory.');
    expect(await client.command('TYPE I')).toMatch(/^200 /);
    expect(await client.command('SIZE text')).toBe(`213 ${10 * 1024 * 1024 + 1}`);
  }));

it('REST counts the bytes of the wire: from every one of them the rest is sent, and put in its place', () =>
  inAscii(true, false, async (session, root) => {
    const { client } = session;
    for (let start = 0; start <= WIRE.length; start++) {
      expect(await client.command(`REST ${start}`)).toMatch(/^350 /);
      expect(await fetched(session, 'RETR text')).toBe(WIRE.slice(start));
      await writeFile(join(root, 'up'), DISK);
      expect(await client.command(`REST ${start}`)).toMatch(/^350 /);
      await stored(session, 'STOR up', [WIRE.slice(start)]);
      // The line that ends in CRLF on disk comes back with LF alone, where it was sent again.
      const again = DISK.length - (WIRE.length > start ? await sentAgain(start) : 0);
      expect((await readFile(join(root, 'up'), 'utf8')).slice(0, again)).toBe(DISK.slice(0, again));
    }
  }));

/** Bytes on disk behind the place that is `start` on the wire. */
async function sentAgain(start: number): Promise<number> {
  for (let at = 0; at <= DISK.length; at++) {
    if (DISK.slice(0, at).replace(/(?<!\r)\n/g, '\r\n').length >= start) return DISK.length - at;
  }
  return 0;
}

it('REST beyond the end is 554, and too far into a large file', () =>
  inAscii(true, false, async ({ client }, root) => {
    for (const command of ['RETR text', 'STOR text', 'STOR new']) {
      await client.command(`REST ${WIRE.length + 1}`);
      expect(await client.command(command)).toMatch(/^554 Restart at \d+ is beyond the end, \d+\.$/);
    }
    await client.command('REST 20000000');
    expect(await client.command('RETR many')).toBe('554 Too far for a restart in TYPE A: use TYPE I.');
    expect(await readFile(join(root, 'text'), 'utf8')).toBe(DISK);
    await expect(readFile(join(root, 'new'))).rejects.toThrow('ENOENT');
  }));
