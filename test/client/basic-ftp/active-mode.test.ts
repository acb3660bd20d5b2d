// Active mode for basic-ftp: what works in every order in which a server may connect, reply and send.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { activeMode } from '../../../src/client/basic-ftp/active-mode.ts';
import { ownAddress } from '../../support/loopback.ts';
import { clientFor, clientOf, closeAll, deferred, download, responder, upload } from '../harness.ts';
import { DOWNLOADS, type Script } from '../responder.ts';

afterEach(closeAll);

const FILES = { 'an empty file': 0, 'ten bytes': 10, '1 MiB': 2 ** 20 } as const;
const LISTING = '-rw-r--r-- 1 ftp ftp 10 Jan 01 12:00 ten.bin\r\ndrwxr-xr-x 2 ftp ftp 0 Jan 01 12:00 sub\r\n';

describe.each(Object.entries(DOWNLOADS))('a server that %s', (_order, script) => {
  it.each(Object.entries(FILES))('sends %s', async (_name, bytes) => {
    const content = randomBytes(bytes);
    const client = await clientFor({ RETR: script(content) });
    expect((await download(client)).equals(content)).toBe(true);
    expect((await download(client)).equals(content)).toBe(true);
  });

  it('sends a listing', async () => {
    const client = await clientFor({ LIST: script(Buffer.from(LISTING)) });
    const files = await client.list('');
    expect(files.map(({ name, size, isDirectory }) => ({ name, size, isDirectory }))).toEqual([
      { name: 'ten.bin', size: 10, isDirectory: false },
      { name: 'sub', size: 0, isDirectory: true },
    ]);
  });
});

it('holds a 226 that was read before the connection came', async () => {
  const read = deferred();
  const client = await clientFor(
    {
      RETR: async (turn) => {
        turn.reply('150 soon', '226 done');
        await read.promise;
        (await turn.connect()).end('late');
      },
    },
    { onReply: (replyCode) => replyCode === 226 && read.resolve() },
  );
  expect((await download(client)).toString()).toBe('late');
});

it('takes a connection that comes before the transfer command', async () => {
  const came = deferred();
  let data: Promise<NodeJS.WritableStream> | undefined;
  const client = await clientFor(
    {
      PORT: (turn) => {
        data = turn.connect();
        void came.promise.then(() => turn.reply('200 connected'));
      },
      RETR: async (turn) => {
        turn.reply('150 at once');
        (await data)?.end('early');
        turn.reply('226 done');
      },
    },
    { onConnection: () => came.resolve() },
  );
  expect((await download(client)).toString()).toBe('early');
});

describe('uploads', () => {
  const stored: Buffer[] = [];
  const store: Script = async (turn) => {
    const data = await turn.connect();
    turn.reply('150 send it');
    stored.push(await buffer(data));
    turn.reply('226 stored');
  };

  it.each(Object.entries(FILES))('sends %s', async (_name, bytes) => {
    const content = randomBytes(bytes);
    const client = await clientFor({ STOR: store });
    expect(await upload(client, content)).toBe(226);
    expect(stored.pop()?.equals(content)).toBe(true);
  });

  it('keeps a sticky port, although the TIME_WAIT of an upload stays with the client', async () => {
    const client = await clientFor({ STOR: store }, { port: 'sticky' });
    for (const text of ['one', 'two', 'three']) await upload(client, Buffer.from(text));
    expect(stored.splice(0).map(String)).toEqual(['one', 'two', 'three']);
  });
});

it('resumes a download with REST', async () => {
  const content = Buffer.from('0123456789');
  let offset = 0;
  const client = await clientFor({
    REST: (turn) => {
      offset = Number(turn.argument);
      turn.reply('350 restarting');
    },
    RETR: async (turn) => {
      const data = await turn.connect();
      turn.reply('150 the rest');
      data.end(content.subarray(offset), () => turn.reply('226 done'));
    },
  });
  expect((await download(client, 'file', 4)).toString()).toBe('456789');
  expect((await download(client, 'file', 9)).toString()).toBe('9');
});

it('reports progress from the accepted connection', async () => {
  const client = await clientFor({ RETR: sending(randomBytes(200_000)) });
  const seen: number[] = [];
  client.trackProgress(({ bytes, bytesOverall }) => seen.push(bytes, bytesOverall));
  await download(client);
  await download(client);
  expect(seen.slice(-2)).toEqual([200_000, 400_000]);
});

it('tells where it listened, where the connection came from, and every reply', async () => {
  const { endpoint, ...rest } = await responder({ RETR: sending(Buffer.from('x')) });
  const events: unknown[] = [];
  const client = await clientOf(
    { endpoint, ...rest },
    {
      onListening: (local) => events.push(['listening', local]),
      onConnection: (local, remote) => events.push(['connection', local, remote.address]),
      onReply: (replyCode) => events.push(['reply', replyCode]),
    },
  );
  await download(client);
  const local = { address: client.ftp.socket.localAddress, port: expect.any(Number) };
  expect(events).toEqual([['listening', local], expect.anything(), expect.anything(), ['reply', 226]]);
  expect(events).toContainEqual(['connection', local, endpoint.address]);
  expect(events).toContainEqual(['reply', 150]);
});

describe('the port', () => {
  async function portsOf(port: 'fresh' | 'sticky' | number): Promise<(number | undefined)[]> {
    const ports: number[] = [];
    const client = await clientFor(
      { RETR: sending(Buffer.from('x')) },
      { port, address: ownAddress(), onListening: (local) => ports.push(local.port) },
    );
    for (let transfer = 0; transfer < 3; transfer++) await download(client);
    return ports;
  }

  it('is another one each time unless asked otherwise', async () => {
    expect(new Set(await portsOf('fresh')).size).toBeGreaterThan(1);
  });

  it('stays the same when sticky', async () => {
    expect(new Set(await portsOf('sticky')).size).toBe(1);
  });

  it('is the one that was asked for', async () => {
    expect(await portsOf(2122)).toEqual([2122, 2122, 2122]);
  });

  it('is kept for each client of a strategy that two share', async () => {
    const ports: number[] = [];
    const strategy = activeMode({ port: 'sticky', onListening: ({ port }) => ports.push(port) });
    const started = await responder({ RETR: sending(Buffer.from('x')) });
    const [one, two] = [await clientOf(started), await clientOf(started)];
    for (const client of [one, two]) client.prepareTransfer = strategy;
    await Promise.all([download(one), download(two)]);
    await Promise.all([download(one), download(two)]);
    expect(new Set(ports).size).toBe(2);
  });
});

describe('the command', () => {
  it.each([
    ['PORT by default on IPv4', undefined, /^PORT 127(,\d+){5}$/],
    ['EPRT on request', 'EPRT', /^EPRT \|1\|127(\.\d+){3}\|\d+\|$/],
  ] as const)('is %s', async (_name, command, shape) => {
    const started = await responder({ RETR: sending(Buffer.from('x')) });
    const client = await clientOf(started, command ? { command } : {});
    await download(client);
    expect(started.commands.at(-2)).toMatch(shape);
  });

  it('is EPRT on IPv6', async () => {
    const started = await responder({ RETR: sending(Buffer.from('six')) }, { address: '::1' });
    const client = await clientOf(started);
    expect((await download(client)).toString()).toBe('six');
    expect(started.commands.at(-2)).toMatch(/^EPRT \|2\|::1\|\d+\|$/);
  });

  it('leaves other commands alone between PORT and the transfer', async () => {
    const client = await clientFor({
      NOOP: (turn) => turn.reply('200 still here'),
      LIST: sending(Buffer.from(LISTING)),
    });
    const prepare = client.prepareTransfer;
    client.prepareTransfer = async (ftp) => {
      const reply = await prepare(ftp);
      await client.send('NOOP');
      return reply;
    };
    expect(await client.list('')).toHaveLength(2);
  });

  it('may be given twice: the later one counts', async () => {
    const client = await clientFor({ RETR: sending(Buffer.from('x')) }, { port: 'sticky' });
    await client.prepareTransfer(client.ftp);
    expect((await download(client)).toString()).toBe('x');
  });
});

/** The usual order: connect, 150, bytes, FIN, 226. */
function sending(content: Buffer): Script {
  return async (turn) => {
    const data = await turn.connect();
    turn.reply('150 here it comes');
    data.end(content);
    await once(data, 'close');
    turn.reply('226 done');
  };
}
