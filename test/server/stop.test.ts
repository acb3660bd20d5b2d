// A server that is told to stop: nobody new, transfers to their end within the grace, and a reply to everyone.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import type * as Pools from '../../src/server/operation/worker-pool.ts';
import { createServer } from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';
import { type DataListener, RawClient, readAll } from './raw-client.ts';

/** Built: its workers are programs. */
const { startWorkers }: typeof Pools = await import('../../dist/server/operation/worker-pool.js' as string);

/** More than the buffers of both ends hold: the transfer waits for its reader. */
const CONTENT = Buffer.alloc(20_000_000, 'port20 ');
const HOURS_MS = 7_200_000;
const CLOSING = '421 The server is closing.';

interface Stoppable {
  readonly address: Endpoint;
  stop(): Promise<void>;
}

let root: string;
let ends: (() => Promise<unknown> | unknown)[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  await writeFile(join(root, 'f'), CONTENT);
  ends = [];
});

afterEach(async () => {
  for (const end of ends) await end();
  await rm(root, { recursive: true });
});

const KINDS = {
  async 'one process'(graceMs: number): Promise<Stoppable> {
    const server = createServer({ host: ownAddress(), root, write: true });
    const address = await server.listen();
    ends.push(() => server.close());
    return { address, stop: () => server.close({ graceMs }) };
  },
  async 'two processes'(graceMs: number): Promise<Stoppable> {
    const settings = { host: ownAddress(), root, write: true };
    const pool = await startWorkers({ server: settings, workers: 2, logLevel: 'silent', graceMs });
    ends.push(() => pool.stop());
    return { address: pool.address, stop: () => pool.stop() };
  },
};

interface Transfer {
  readonly client: RawClient;
  readonly data: Socket;
}

/** Begun, with its 150 read, and nothing of its content. */
async function begun(address: Endpoint, command: string): Promise<Transfer> {
  const client = await RawClient.loggedIn(address);
  const listener: DataListener = await client.announce();
  client.send(`${command}\r\n`);
  const data = await listener.accepted();
  ends.unshift(async () => {
    data.destroy();
    client.socket.destroy();
    await listener.close();
  });
  expect(await client.reply()).toMatch(/^150 /);
  return { client, data };
}

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('%s', (kind) => {
  it('ends idle sessions at once, lets transfers end, and takes nobody new', async () => {
    const { address, stop } = await KINDS[kind](HOURS_MS);
    const [idle, passive] = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
    await passive.command('PASV');
    const sent = await begun(address, 'RETR f');
    const received = await begun(address, 'STOR g');
    received.data.write('first ');
    const stopped = stop();
    expect([await idle.reply(), await passive.reply()]).toEqual([CLOSING, CLOSING]);
    await Promise.all([idle.ended(), passive.ended()]);
    await expect(RawClient.connect(address)).rejects.toThrow('ECONNREFUSED');
    received.data.end('and last');
    expect([await received.client.reply(), await received.client.reply()]).toEqual([
      '226 Transfer complete.',
      CLOSING,
    ]);
    expect((await readAll(sent.data)).equals(CONTENT)).toBe(true);
    expect([await sent.client.reply(), await sent.client.reply()]).toEqual([
      '226 Transfer complete.',
      CLOSING,
    ]);
    await stopped;
    expect(await readFile(join(root, 'g'), 'utf8')).toBe('first and last');
  });

  it('ends transfers that take longer than the grace, and tells them', async () => {
    const { address, stop } = await KINDS[kind](1);
    const { client } = await begun(address, 'RETR f');
    const upload = await begun(address, 'STOR g');
    await stop();
    expect([await client.reply(), await client.reply()]).toEqual(['426 Transfer aborted.', CLOSING]);
    expect(await upload.client.reply()).toBe('426 Transfer aborted.');
    await expect(readFile(join(root, 'g'))).rejects.toThrow('ENOENT'); // nothing that is half
  });

  it('obeys ABOR meanwhile, and no other command', async () => {
    const { address, stop } = await KINDS[kind](HOURS_MS);
    const { client } = await begun(address, 'RETR f');
    const idle = []; // of four sessions each of two processes has two, one of them idle
    for (let n = 0; n < 3; n++) idle.push(await RawClient.loggedIn(address));
    const stopped = stop();
    for (const one of idle) expect(await one.reply()).toBe(CLOSING); // every process has been told
    client.send('NOOP\r\nABOR\r\n');
    expect([await client.reply(), await client.reply(), await client.reply()]).toEqual([
      '426 Transfer aborted.',
      expect.stringMatching(/^226 /),
      CLOSING,
    ]);
    await stopped;
  });

  it('lets a client come that has been told where to', async () => {
    const { address, stop } = await KINDS[kind](HOURS_MS);
    const client = await RawClient.loggedIn(address);
    const reply = await client.command('EPSV');
    client.send('RETR f\r\n');
    expect(await client.command('STAT')).toMatch(/RETR/); // answered aside: it has begun
    const stopped = stop();
    const data = connect(Number(/\|(\d+)\|/.exec(reply)?.[1]), address.address);
    expect((await readAll(data)).equals(CONTENT)).toBe(true);
    expect([await client.reply(), await client.reply(), await client.reply()]).toEqual([
      expect.stringMatching(/^150 /),
      '226 Transfer complete.',
      CLOSING,
    ]);
    await stopped;
  });
});
