// What goes wrong, and what is left of it: waits that are aborted, sessions that vanish, clients that never listen.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { createBinder } from '../../src/binder/binders.ts';
import { parseFailureText } from '../../src/ftp/failure-text.ts';
import { formatHostPort } from '../../src/ftp/host-port.ts';
import type { DataConnectionRecord } from '../../src/server/data/record.ts';
import { destroyed, openDescriptors } from '../support/loopback.ts';
import { DataListener, RawClient, readAll } from './raw-client.ts';
import { type Serving, serving } from './serving.ts';

const LARGE = randomBytes(20_000_000); // more than the kernel buffers of both ends take

describe('a data port that is held by somebody else', () => {
  /** A legacy server that waits `retry` seconds for a port that is held until the test is over. */
  function waiting(retry: readonly number[], test: (serving: Serving) => Promise<void>): Promise<void> {
    return serving({ binder: 'legacy', retry, timeUnitMs: 1000 }, async (one) => {
      await writeFile(join(one.root, 'f'), 'content');
      const { address } = one.address;
      const held = await createBinder('legacy').bind({ address, port: one.server.dataPort ?? 0 });
      try {
        await test(one);
      } finally {
        held.close();
      }
    });
  }

  it('425 says the step, the address, the errno, the tries and the time', () =>
    waiting([0.02, 0.03], async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const local = { address: address.address, port: 2120 };
      const reply = await client.command('RETR f');
      expect(reply).toMatch(
        /^425 Can't build data connection: bind 127\.\d+\.\d+\.\d+:2120: EADDRINUSE after 3 tries \(0\.\d+ s\)$/,
      );
      const failure = { phase: 'bind', local, remote: undefined, errorCode: 'EADDRINUSE', bindCalls: 3 };
      expect(parseFailureText(reply)).toMatchObject(failure);
      expect(records).toMatchObject([
        {
          binder: 'legacy',
          command: 'RETR',
          local,
          remote: listener.endpoint,
          bindCalls: 3,
          connectMs: 0,
          transferMs: 0,
          bytes: 0,
          outcome: { kind: 'failed', phase: 'bind', code: 'EADDRINUSE' },
        },
      ]);
      expect(records[0]?.waitedMs).toBeGreaterThan(0);
      expect(await client.command('NOOP')).toMatch(/^200 /); // the session goes on
      await client.quit();
      await listener.close();
    }));

  it('ABOR ends the wait: 426 for the transfer, 226 for itself, and the session goes on', () =>
    waiting([3600], async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR f\r\n');
      client.send(Buffer.concat([Buffer.from([0xff, 0xf4, 0xff, 0xf2]), Buffer.from('ABOR\r\n')]));
      expect(await client.reply()).toBe('426 Transfer aborted.');
      expect(await client.reply()).toMatch(/^226 /);
      expect(records).toMatchObject([{ outcome: { kind: 'aborted', phase: 'bind' } }]);
      expect(await client.command('SIZE f')).toBe('213 7');
      await client.quit();
      await listener.close();
    }));

  it('ABOR overtakes what was sent ahead, and ends no later transfer', () =>
    waiting([3600], async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('CWD /\r\nRETR f\r\nSYST\r\nABOR\r\nRETR f\r\nNOOP\r\n');
      expect((await replies(client, 4)).map(replyCode)).toEqual(['250', '426', '226', '215']);
      expect(records).toHaveLength(1);
      client.send('ABOR\r\n'); // the second RETR is waiting by now
      expect((await replies(client, 3)).map(replyCode)).toEqual(['426', '226', '200']);
      expect(records).toHaveLength(2);
      await client.quit();
      await listener.close();
    }));

  it.each<[string, (client: RawClient) => void | Promise<void>]>([
    ['sent with the command', (client) => client.send('RETR f\r\nQUIT\r\n')],
    ['sent behind it', (client) => begin(client, 'RETR f').then(() => client.send('QUIT\r\n'))],
  ])('QUIT ends the wait and the session: %s', (_name, quit) =>
    waiting([3600], async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await quit(client);
      expect(await client.reply()).toMatch(/^426 /);
      expect(await client.reply()).toMatch(/^221 /);
      await client.ended();
      expect(records).toMatchObject([{ outcome: { kind: 'aborted', phase: 'bind' } }]);
      await listener.close();
    }),
  );

  it('a lost control connection ends the wait', () =>
    waiting([3600], async ({ address, recorded }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await begin(client, 'RETR f');
      await destroyed(client.socket);
      expect(await recorded(1)).toMatchObject([{ outcome: { kind: 'aborted', phase: 'bind' } }]);
      await listener.close();
    }));

  it('closing the server ends the wait', () =>
    waiting([3600], async ({ address, server, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await begin(client, 'RETR f');
      await server.close();
      expect(await client.reply()).toMatch(/^426 /);
      expect(await client.reply()).toBe('421 The server is closing.');
      await client.ended();
      expect(records).toMatchObject([{ outcome: { kind: 'aborted', phase: 'bind' } }]);
      await listener.close();
    }));
});

describe('the window between bind and connect', () => {
  it('is part of every connection: the port is bound, and nothing connects until it is over', () =>
    serving({ bindToConnectMs: 3_600_000 }, async ({ server, address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR f\r\n');
      const dataPort = { address: address.address, port: server.dataPort ?? 0 };
      while (!(await isTaken(dataPort))) await turn();
      expect(listener.unasked).toBe(0);
      await server.close();
      expect(records).toMatchObject([{ bindCalls: 1, outcome: { kind: 'aborted', phase: 'connect' } }]);
      await listener.close();
    }));
});

describe('a transfer that is ended', () => {
  it('ABOR of a RETR that nobody reads: FIN and not a reset, 426, 226', () =>
    withLarge({}, async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR large\r\n');
      const socket = await listener.accepted();
      expect(await client.reply()).toMatch(/^150 /);
      expect((await sessionReplies(client, 'ABOR', 2)).map(replyCode)).toEqual(['426', '226']);
      const [record] = records;
      expect(record).toMatchObject({ outcome: { kind: 'aborted', phase: 'transfer' } });
      const received = await countUntilFin(socket);
      expect(received).toBeLessThan(LARGE.length);
      await client.quit();
      await listener.close();
    }));

  it('ABOR of a STOR: 426, 226, a FIN although the client goes on sending, and what came is kept', () =>
    withLarge({ write: true }, async ({ address, root, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('STOR up\r\n');
      const socket = await listener.accepted();
      expect(await client.reply()).toMatch(/^150 /);
      socket.write(LARGE.subarray(0, 1_000_000));
      expect((await sessionReplies(client, 'ABOR', 2)).map(replyCode)).toEqual(['426', '226']);
      const fin = countUntilFin(socket); // rejects on a reset
      socket.end(LARGE.subarray(1_000_000, 2_000_000));
      expect(await fin).toBe(0);
      expect(records).toMatchObject([{ command: 'STOR', outcome: { kind: 'aborted', phase: 'transfer' } }]);
      expect(await readdir(root)).not.toContain('up');
      expect(await client.command('SIZE up')).toMatch(/^213 \d+$/); // test/server/files/uploads.test.ts says what of
      expect(await client.command('NOOP')).toMatch(/^200 /);
      await client.quit();
      await listener.close();
    }));

  it('a client that resets the data connection gets 426 with the step and the errno', () =>
    withLarge({ write: true }, async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      for (const command of ['RETR large', 'STOR up']) {
        client.send(`${command}\r\n`);
        const socket = await listener.accepted();
        await client.reply();
        socket.resetAndDestroy();
        expect(await client.reply()).toMatch(
          /^426 Data connection lost: transfer \S+ -> \S+: (ECONNRESET|EPIPE)$/,
        );
      }
      expect(records.map(({ outcome }) => outcome)).toEqual([
        { kind: 'failed', phase: 'transfer', code: expect.stringMatching(/ECONNRESET|EPIPE/) },
        { kind: 'failed', phase: 'transfer', code: 'ECONNRESET' },
      ]);
      await client.quit();
      await listener.close();
    }));

  it('a lost control connection and a closing server end a transfer that nobody reads', () =>
    withLarge({}, async ({ address, server, records }) => {
      const ends = [(client: RawClient) => destroyed(client.socket), () => server.close()];
      for (const end of ends) {
        const client = await RawClient.loggedIn(address);
        const listener = await client.announce();
        client.send('RETR large\r\n');
        const socket = await listener.accepted();
        await client.reply();
        await end(client);
        await countUntilFin(socket);
        await listener.close();
      }
      expect(records.map(({ outcome }) => outcome)).toEqual(
        new Array(2).fill({ kind: 'aborted', phase: 'transfer' }) satisfies DataConnectionRecord['outcome'][],
      );
    }));
});

// RFC 959 4.1.1: "the connection will remain open for result response and the server will then close it".
describe('QUIT behind a transfer', () => {
  it.each([0, 60])('in one packet, %i ms between bind and connect: the files come first', (bindToConnectMs) =>
    serving({ bindToConnectMs }, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const first = await client.announce();
      const second = await DataListener.on(client.local.address);
      client.send(`RETR f\r\nPORT ${formatHostPort(second.endpoint)}\r\nRETR f\r\nQUIT\r\n`);
      for (const listener of [first, second]) {
        expect((await readAll(await listener.accepted())).toString()).toBe('content');
      }
      expect((await replies(client, 6)).map(replyCode)).toEqual(['150', '226', '200', '150', '226', '221']);
      await client.ended();
      expect(records.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'completed']);
      await Promise.all([first.close(), second.close()]);
    }),
  );

  it('while the bytes move, from the server and to it', () =>
    withLarge({ write: true }, async ({ address, root }) => {
      for (const command of ['RETR large', 'STOR up']) {
        const client = await RawClient.loggedIn(address);
        const listener = await client.announce();
        client.send(`${command}\r\n`);
        const socket = await listener.accepted();
        expect(await client.reply()).toMatch(/^150 /);
        client.send('NOOP\r\nQUIT\r\n');
        if (command === 'STOR up') socket.end(LARGE);
        expect(await countUntilFin(socket)).toBe(command === 'STOR up' ? 0 : LARGE.length);
        expect((await replies(client, 3)).map(replyCode)).toEqual(['226', '200', '221']);
        await client.ended();
        await listener.close();
      }
      expect(LARGE.equals(await readFile(join(root, 'up')))).toBe(true);
    }));

  it('while a passive connection is waited for', () =>
    serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const [, port] = /\|\|\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
      await begin(client, 'RETR f\r\nQUIT');
      const socket = connect({ host: address.address, port: Number(port) });
      expect((await readAll(socket)).toString()).toBe('content');
      expect((await replies(client, 3)).map(replyCode)).toEqual(['150', '226', '221']);
      await client.ended();
    }));

  it('ABOR behind it still ends the transfer', () =>
    withLarge({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      client.send('RETR large\r\n');
      const socket = await listener.accepted();
      expect(await client.reply()).toMatch(/^150 /);
      client.send('QUIT\r\nABOR\r\n');
      expect((await replies(client, 3)).map(replyCode)).toEqual(['426', '226', '221']);
      await countUntilFin(socket);
      await client.ended();
      await listener.close();
    }));
});

describe('a client that never listens', () => {
  it.each([
    ['reuse-port', 1],
    ['ephemeral', 0],
  ] as const)('is recorded with the port that %s bound, and no other', (binder, ports) =>
    serving({ binder }, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await listener.close();
      await client.command('RETR f');
      const dataPort = address.port - 1;
      expect(records.map(({ local }) => local.port)).toEqual([ports * dataPort]);
      await client.quit();
    }),
  );

  it('gets a 425 that says so, and leaves no descriptor behind, 200 times', () =>
    serving({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await listener.close();
      await client.command('RETR f');
      const before = openDescriptors();
      for (let i = 0; i < 200; i++) {
        const reply = await client.command('RETR f');
        expect(parseFailureText(reply)).toMatchObject({ phase: 'connect', errorCode: 'ECONNREFUSED' });
      }
      expect(openDescriptors()).toBe(before);
      expect(records).toHaveLength(201);
      expect(records.every(({ remote, outcome }) => remote.port > 0 && outcome.kind === 'failed')).toBe(true);
      await client.quit();
    }));
});

function withLarge(
  options: Parameters<typeof serving>[0],
  test: (one: Serving) => Promise<void>,
): Promise<void> {
  return serving(options, async (one) => {
    await writeFile(join(one.root, 'large'), LARGE);
    await test(one);
  });
}

/** Resolves when the server is at work on `line`: it arrives with a NOOP whose reply is read. */
async function begin(client: RawClient, line: string): Promise<void> {
  client.send(`NOOP\r\n${line}\r\n`);
  await client.reply();
}

async function replies(client: RawClient, count: number): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) read.push(await client.reply());
  return read;
}

function sessionReplies(client: RawClient, line: string, count: number): Promise<string[]> {
  client.send(`${line}\r\n`);
  return replies(client, count);
}

function replyCode(reply: string): string {
  return reply.slice(0, 3);
}

/** Bytes up to the peer's FIN; rejects on a reset. */
async function countUntilFin(socket: Awaited<ReturnType<DataListener['accepted']>>): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const end = once(socket, 'end');
  socket.resume();
  await end;
  socket.end();
  return bytes;
}

/** A bind without options fails beside any other socket. */
async function isTaken(local: Endpoint): Promise<boolean> {
  try {
    (await createBinder('legacy', { retry: 'none' }).bind(local)).close();
    return false;
  } catch {
    return true;
  }
}
