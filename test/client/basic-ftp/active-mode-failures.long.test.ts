// Active mode for basic-ftp: every way in which the data connection may not come, and what is left open after it.
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FTPError } from 'basic-ftp';
import { type Endpoint, formatEndpoint } from '../../../src/address.ts';
import { ActiveModeError, noConnectionError } from '../../../src/client/active-mode-error.ts';
import { activeMode } from '../../../src/client/basic-ftp/active-mode.ts';
import { remoteOf } from '../../../src/client/data-peer.ts';
import { UsageError } from '../../../src/errors.ts';
import { openDescriptors, ownAddress } from '../../support/loopback.ts';
import {
  clientFor,
  clientOf,
  closeAll,
  deferred,
  download,
  rejection,
  responder,
  upload,
} from '../harness.ts';
import type { Script } from '../responder.ts';

afterEach(closeAll);

/** Long enough for all that must happen before it on a busy machine. */
const TIMEOUT_MS = 1000;

/** The port must be free again: whoever listened on it has let it go. */
async function expectNobodyListens(local: Endpoint | undefined): Promise<void> {
  const { address: host, port } = local ?? { address: '', port: 0 };
  const outcome = await rejection(once(connect({ host, port }), 'connect'));
  expect(outcome.code).toBe('ECONNREFUSED');
}

describe('a refusal', () => {
  const refused: Readonly<Record<string, Script>> = {
    'before the 150': (turn) => turn.reply("425 Can't open data connection."),
    'after the 150': (turn) => turn.reply('150 trying', '425 no'),
    'after its data connection': async (turn) => {
      (await turn.connect()).destroy();
      turn.reply('425 gone again');
    },
  };

  it.each(Object.entries(refused))(
    '%s rejects, closes the listener and leaves the client usable',
    async (_when, script) => {
      const listeners: Endpoint[] = [];
      const client = await clientFor(
        { RETR: script, LIST: async (turn) => send(turn.connect(), turn.reply) },
        { onListening: (local) => listeners.push(local) },
      );
      const error = await rejection(download(client));
      expect(error).toBeInstanceOf(FTPError);
      expect(error.code).toBe(425);
      await expectNobodyListens(listeners[0]);
      expect(client.closed).toBe(false);
      expect(await client.list('')).toEqual([]);
    },
  );

  it('of the PORT rejects with its reply code', async () => {
    const listeners: Endpoint[] = [];
    const client = await clientFor(
      { PORT: (turn) => turn.reply('504 not that one') },
      { onListening: (local) => listeners.push(local) },
    );
    expect((await rejection(download(client))).code).toBe(504);
    await expectNobodyListens(listeners[0]);
    expect(client.closed).toBe(false);
  });
});

async function send(connecting: Promise<Socket>, reply: (line: string) => void): Promise<void> {
  const data = await connecting;
  reply('150 listing');
  data.end(() => reply('226 done'));
}

describe('a server that does not connect', () => {
  const silent: Readonly<Record<string, Script>> = {
    'says 150 and never connects': (turn) => turn.reply('150 any moment'),
    'says 150 and 226 and never connects': (turn) => turn.reply('150 any moment', '226 done'),
    'says nothing at all': () => {},
  };

  it.each(Object.entries(silent))('%s: ETIMEDOUT', async (_what, script) => {
    const listeners: Endpoint[] = [];
    const client = await clientFor(
      { RETR: script },
      { acceptTimeoutMs: TIMEOUT_MS, onListening: (local) => listeners.push(local) },
    );
    const error = await rejection(download(client));
    expect(error).toBeInstanceOf(ActiveModeError);
    const where = formatEndpoint(listeners[0] ?? { address: '', port: 0 });
    expect(error).toMatchObject({
      code: 'ETIMEDOUT',
      message: `connect ${where}: no data connection from the server within ${TIMEOUT_MS} ms`,
    });
    expect(client.closed).toBe(true);
    await expectNobodyListens(listeners[0]);
  });

  it('may take as long as acceptTimeoutMs, however short the own timeout of the client is', async () => {
    const started = await responder({
      RETR: async (turn) => {
        await delay(2 * TIMEOUT_MS);
        const data = await turn.connect();
        turn.reply('150 at last', '226 done');
        data.end('slow');
      },
    });
    const client = await clientOf(started, {}, TIMEOUT_MS);
    expect((await download(client)).toString()).toBe('slow');
  });

  it('may take forever with acceptTimeoutMs 0: only the caller ends it', async () => {
    const sent = deferred();
    const client = await clientFor({ RETR: () => sent.resolve() }, { acceptTimeoutMs: 0 });
    const failed = rejection(download(client));
    await sent.promise;
    client.close();
    expect((await failed).message).toBe('User closed client during task');
  });
});

it('a connection without a 150 is a timeout of the control connection', async () => {
  const started = await responder({ RETR: async (turn) => void (await turn.connect()) });
  const client = await clientOf(started, {}, TIMEOUT_MS);
  expect((await rejection(download(client))).message).toBe('Timeout (control socket)');
});

describe('a peer that must not connect', () => {
  it('is refused when it comes from another address, and the server still gets through', async () => {
    const stranger = ownAddress();
    const remotes: string[] = [];
    const client = await clientFor(
      {
        RETR: async (turn) => {
          turn.reply('150 watch out');
          expect(await fateOf(await turn.connect({ address: stranger }))).toBe('');
          (await turn.connect()).end('the real one');
          turn.reply('226 done');
        },
      },
      { onConnection: (_local, remote) => remotes.push(remote.address) },
    );
    expect((await download(client)).toString()).toBe('the real one');
    expect(remotes).toEqual([client.ftp.socket.remoteAddress]);
  });

  it('is named when nobody else came: EBADPEER', async () => {
    const stranger = ownAddress();
    const client = await clientFor(
      {
        RETR: async (turn) => {
          turn.reply('150 watch out');
          await turn.connect({ address: stranger });
        },
      },
      { acceptTimeoutMs: TIMEOUT_MS },
    );
    expect(await rejection(download(client))).toMatchObject({
      code: 'EBADPEER',
      message: expect.stringContaining(`refused one from ${stranger}:`),
    });
  });

  it('ends the transfer at once when it is the server from a wrong port', async () => {
    const client = await clientFor(
      {
        RETR: async (turn) => {
          turn.reply('150 here');
          (await turn.connect()).end('from an ephemeral port');
          turn.reply('226 done');
        },
      },
      { expectSourcePort: 'default' },
    );
    const wanted = Number(client.ftp.socket.remotePort) - 1;
    const error = await rejection(download(client));
    expect(error.code).toBe('EBADPEER');
    expect(error.message).toMatch(
      new RegExp(`^data connection from 127[\\d.]+:\\d+: its port must be ${wanted}$`),
    );
    expect(client.closed).toBe(true);
  });

  it.each(['default', 'number'] as const)(
    'is not the server from the expected port (%s)',
    async (expectation) => {
      const started = await responder({
        RETR: async (turn) => {
          const data = await turn.connect({ port: started.endpoint.port - 1 });
          turn.reply('150 from L-1');
          data.end('ok', () => turn.reply('226 done'));
        },
      });
      const expectSourcePort = expectation === 'default' ? 'default' : started.endpoint.port - 1;
      const client = await clientOf(started, { expectSourcePort });
      expect((await download(client)).toString()).toBe('ok');
    },
  );

  it('finds nobody when it is the second', async () => {
    const taken = deferred();
    const client = await clientFor(
      {
        RETR: async (turn) => {
          const data = await turn.connect();
          await taken.promise;
          const second = await rejection(turn.connect());
          turn.reply('150 one is enough');
          data.end(String(second.code), () => turn.reply('226 done'));
        },
      },
      { onConnection: () => taken.resolve() },
    );
    expect((await download(client)).toString()).toBe('ECONNREFUSED');
  });
});

/** All that comes from `socket` until its end; a reset counts as an end. */
function fateOf(socket: Socket): Promise<string> {
  return buffer(socket).then(String, () => '');
}

describe('the control connection', () => {
  const ends: Readonly<Record<string, (control: Socket) => unknown>> = {
    closes: (control) => control.end(),
    'is reset': (control) => control.resetAndDestroy(),
  };

  it.each(Object.entries(ends))('%s while the data connection is awaited', async (_how, end) => {
    const listeners: Endpoint[] = [];
    const client = await clientFor(
      { RETR: ({ control }) => void end(control) },
      { onListening: (local) => listeners.push(local) },
    );
    await rejection(download(client));
    expect(client.closed).toBe(true);
    await expectNobodyListens(listeners[0]);
  });

  it('is not open: ENOTCONN', async () => {
    const client = await clientFor({});
    client.close();
    expect((await rejection(download(client))).code).toBe('ENOTCONN');
  });
});

describe('a data connection that is reset', () => {
  it('in the middle closes the client', async () => {
    const started = deferred();
    const client = await clientFor(
      {
        RETR: async (turn) => {
          const data = await turn.connect();
          turn.reply('150 here');
          await started.promise;
          data.resetAndDestroy();
        },
      },
      { onReply: () => started.resolve() },
    );
    const error = await rejection(download(client));
    expect(error).toMatchObject({ code: 'ECONNRESET', message: expect.stringContaining('(data socket)') });
    expect(client.closed).toBe(true);
  });

  it('before anybody could see whose it is: ECONNRESET once the wait is over', () => {
    const local = { address: '127.0.0.1', port: 2122 };
    expect(noConnectionError(local, 60, remoteOf(new Socket()))).toMatchObject({
      code: 'ECONNRESET',
      message: expect.stringContaining('one came and was reset at once'),
    });
  });
});

it('an upload is told when the server stops reading', async () => {
  const client = await clientFor({
    STOR: async (turn) => {
      const data = await turn.connect();
      turn.reply('150 send it');
      data.once('data', () => data.resetAndDestroy());
    },
  });
  expect((await rejection(upload(client, Buffer.alloc(64 * 2 ** 20)))).code).toMatch(/^(ECONNRESET|EPIPE)$/);
});

it('closing the client between PORT and the transfer closes the listener', async () => {
  const listeners: Endpoint[] = [];
  const client = await clientFor({}, { onListening: (local) => listeners.push(local) });
  await client.prepareTransfer(client.ftp);
  client.close();
  await expectNobodyListens(listeners[0]);
});

it('a port that is taken is told apart from the EADDRINUSE of a server by its phase', async () => {
  const address = ownAddress();
  const holder = createServer().listen(2122, address);
  await once(holder, 'listening');
  const client = await clientFor({}, { address, port: 2122 });
  const error = await rejection(download(client));
  expect(error).toMatchObject({
    ...{ phase: 'listen', code: 'EADDRINUSE' },
    message: `can't listen for the data connection on ${address}:2122: EADDRINUSE`,
  });
  expect(client.closed).toBe(false);
  await once(holder.close(), 'close');
});

it('an address that is not here costs one transfer: the client goes on with another', async () => {
  const started = await responder({ LIST: async (turn) => send(turn.connect(), turn.reply) });
  const client = await clientOf(started, { address: '192.0.2.1' }); // TEST-NET-1 (RFC 5737): nobody's
  const error = await rejection(client.list(''));
  expect(error).toBeInstanceOf(ActiveModeError);
  expect(error).toMatchObject({ phase: 'listen', code: 'EADDRNOTAVAIL' });
  expect(started.commands.filter((line) => /^(PORT|EPRT|LIST)/.test(line))).toEqual([]);
  client.prepareTransfer = activeMode();
  expect(await client.list('')).toEqual([]);
});

it('a strategy learns of each server by itself that it knows no EPRT', async () => {
  const list: Script = async (turn) => send(turn.connect(), turn.reply);
  const old = await responder({ EPRT: (turn) => turn.reply('500 what?'), LIST: list });
  const young = await responder({ LIST: list });
  const verbsOf = ({ commands }: typeof old) => commands.filter((line) => /^(PORT|EPRT)/.test(line));
  const client = await clientOf(old, { command: 'EPRT' });
  await client.list('');
  await client.connect(young.endpoint.address, young.endpoint.port);
  await client.login();
  await client.list('');
  expect(verbsOf(old).map((line) => line.slice(0, 4))).toEqual(['EPRT', 'PORT']);
  expect(verbsOf(young).map((line) => line.slice(0, 4))).toEqual(['EPRT']);
});

it("the control connection's own port is taken unless that was bound with SO_REUSEADDR", async () => {
  const client = await clientFor({}, { port: 'default' });
  const { localAddress, localPort } = client.ftp.socket;
  expect(await rejection(download(client))).toMatchObject({
    ...{ phase: 'listen', code: 'EADDRINUSE' },
    message: `can't listen for the data connection on ${localAddress}:${localPort}: EADDRINUSE`,
  });
  expect(client.closed).toBe(false);
});

it('PORT cannot announce an IPv6 address', async () => {
  const started = await responder({}, { address: '::1' });
  const client = await clientOf(started, { command: 'PORT' });
  const error = await rejection(download(client));
  expect(error).toBeInstanceOf(UsageError);
  expect(error.message).toBe('active mode: PORT cannot carry the IPv6 address ::1; use EPRT');
});

it.each([
  [{ address: 'localhost' }, 'address is localhost; it must be an IP address'],
  [{ port: 70_000 }, "port is 70000; it must be 'fresh', 'sticky', 'default' or 1 to 65535"],
  [{ expectSourcePort: 1.5 }, "expectSourcePort is 1.5; it must be 'default' or 1 to 65535"],
  [{ acceptTimeoutMs: -1 }, 'acceptTimeoutMs is -1; it must be 0 (no limit) to 2147483647'],
  [{ acceptTimeoutMs: Number.NaN }, 'acceptTimeoutMs is NaN; it must be 0 (no limit) to 2147483647'],
])('an option out of range is named: %j', (options, message) => {
  expect(() => activeMode(options)).toThrow(new UsageError(`active mode: ${message}`));
});

describe('after 200 of them, no descriptor is left of', () => {
  async function expectNoneLeft(run: () => Promise<unknown>): Promise<void> {
    await run();
    const before = openDescriptors();
    for (let round = 0; round < 200; round++) await run();
    expect(openDescriptors()).toBe(before);
  }

  it('transfers that were refused', async () => {
    const client = await clientFor({ RETR: (turn) => turn.reply('150 trying', '425 no') });
    await expectNoneLeft(() => rejection(download(client)));
  });

  it('transfers that were refused after their connection came', async () => {
    const client = await clientFor({
      RETR: async (turn) => {
        const data = await turn.connect();
        turn.reply('150 here', '426 no more');
        data.destroy();
      },
    });
    await expectNoneLeft(() => rejection(download(client)));
  });

  it('transfers whose client was closed while they waited', async () => {
    let close: (control: Socket) => void = () => {};
    const started = await responder({ RETR: ({ control }) => close(control) });
    await expectNoneLeft(async () => {
      const client = await clientOf(started);
      const gone = new Promise<void>((resolve) => {
        close = (control) => {
          control.once('close', () => resolve());
          client.close();
        };
      });
      await rejection(download(client));
      await gone;
    });
  });
});
