// Clients that mean harm: what each of them gets, and that nobody else and nothing of the server suffers from it.
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { formatHostPort } from '../../src/ftp/host-port.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { openDescriptors, ownAddress, silentListener } from '../support/loopback.ts';
import { RawClient } from './raw-client.ts';
import { type Serving, serving } from './serving.ts';
import { PEM, SealedClient } from './tls/sealing.ts';

const TINY = 'content';

/** A server with one file, and the proof that somebody else is still served by it. */
function attacked(options: ServerOptions, attack: (one: Serving) => Promise<void>): Promise<void> {
  return serving({ write: true, ...options }, async (one) => {
    await writeFile(join(one.root, 'f'), TINY);
    const serves = async () => {
      const healthy = await RawClient.loggedIn(one.address);
      const listener = await healthy.announce();
      const { content, last } = await healthy.fetch('RETR f', listener);
      expect([content.toString(), last]).toEqual([TINY, '226 Transfer complete.']);
      await healthy.quit();
      await listener.close();
    };
    await serves();
    await attack(one);
    await serves();
  });
}

/** Sessions that the server has ended, whoever ended them. */
function sessionsEnded({ server }: Serving, count: number): Promise<void> {
  let ended = 0;
  return new Promise((resolve) => {
    server.on('sessionEnd', () => ++ended === count && resolve());
  });
}

describe('the control side', () => {
  it('a line that never ends is no command: its session is ended as idle (slow loris)', () =>
    attacked({ idleTimeoutMs: 1000 }, async ({ address }) => {
      const loris = await RawClient.loggedIn(address);
      const timer = setInterval(() => loris.send('x'), 50);
      expect(await loris.reply()).toBe('421 Idle for too long.');
      clearInterval(timer);
      await loris.ended();
    }));

  it('so is one under TLS, and a handshake that never ends', () =>
    attacked({ tlsPem: PEM, idleTimeoutMs: 1000, loginTimeoutMs: 1000 }, async (one) => {
      const ended = sessionsEnded(one, 2);
      const { client: loris } = await SealedClient.connect(one.address);
      const half = await RawClient.connect(one.address);
      expect(await half.command('AUTH TLS')).toMatch(/^234 /);
      half.socket.removeAllListeners('data').resume();
      half.send(Buffer.from('160301', 'hex')); // of a ClientHello the beginning
      const timer = setInterval(() => loris.send('x'), 50);
      expect(await loris.reply()).toBe('421 Idle for too long.');
      clearInterval(timer);
      await ended;
      await Promise.all([loris.ended(), half.ended()]);
    }));

  it('thousands of PORT and PASV without a transfer leave one listener, and no descriptor behind', () =>
    attacked({}, async ({ address, records }) => {
      const client = await RawClient.loggedIn(address);
      const port = formatHostPort({ address: client.local.address, port: 2120 });
      expect(await client.command('EPSV')).toMatch(/^229 /);
      const before = openDescriptors();
      for (let round = 0; round < 25; round++) {
        client.send(`PORT ${port}\r\n`.repeat(100) + 'EPSV\r\n'.repeat(100));
        for (let reply = 0; reply < 200; reply++) expect(await client.reply()).toMatch(/^2(00|29) /);
      }
      expect(openDescriptors()).toBe(before);
      expect(records).toHaveLength(1); // that of the healthy one
      await client.quit();
    }));

  it.each(['MKD a\rb', 'MKD a\0b', 'MKD a\r\nDELE f', 'RNFR f\0', 'SITE CHMOD 777 f\r'])(
    'CR, LF and NUL make no name and no second reply: %j',
    (line) =>
      attacked({}, async ({ address, root }) => {
        const client = await RawClient.loggedIn(address);
        const own = line.startsWith('MKD a\r\n') ? 2 : 1; // LF ends a line, wherever it comes from
        client.send(`${line}\r\nNOOP\r\n`);
        const replies: string[] = [];
        for (let count = 0; count <= own; count++) replies.push(await client.reply());
        expect(replies.at(-1)).toMatch(/^200 /);
        if (own === 1) expect(replies[0]).toMatch(/^(501|550|350) /);
        await writeFile(join(root, 'f'), TINY); // the one that LF had removed
        expect((await readdir(root)).every((name) => /^[\w.-]+$/.test(name))).toBe(true);
        await client.quit();
      }),
  );

  it('a name on the disk with a line break breaks no reply and no listing', () =>
    attacked({}, async ({ address, root }) => {
      await writeFile(join(root, 'x\r\n226 Forged'), '');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      const { content, last } = await client.fetch('NLST', listener);
      expect(content.toString().split('\r\n')).toEqual(['f', 'x??226 Forged', '']);
      expect(last).toBe('226 Transfer complete.');
      expect((await client.command('STAT /')).split('\r\n').at(-1)).toMatch(/^212 /);
      await listener.close();
      await client.quit();
    }));
});

describe('the data side', () => {
  it('a reader that takes nothing, and a writer that sends nothing, are ended as stalled', () =>
    attacked({ stallTimeoutMs: 1000 }, async ({ address, root, recorded }) => {
      await writeFile(join(root, 'large'), Buffer.alloc(20_000_000));
      for (const command of ['RETR large', 'STOR up']) {
        const client = await RawClient.loggedIn(address);
        const listener = await client.announce();
        client.send(`${command}\r\n`);
        const socket = await listener.accepted(); // paused, and stays so
        expect(await client.reply()).toMatch(/^150 /);
        expect(await client.reply()).toMatch(/^426 .*ETIMEDOUT/);
        socket.destroy();
        await listener.close();
        await client.quit();
      }
      expect((await recorded(3)).slice(1).map(({ outcome }) => outcome)).toEqual(
        Array(2).fill({ kind: 'failed', phase: 'transfer', code: 'ETIMEDOUT' }),
      );
    }));

  it('so is a reader that takes nothing under TLS', () =>
    attacked({ stallTimeoutMs: 1000, tlsPem: PEM }, async ({ address, root, recorded }) => {
      await writeFile(join(root, 'large'), Buffer.alloc(20_000_000));
      const sealed = await SealedClient.connect(address);
      for (const mode of ['active', 'passive'] as const) {
        const { socket } = await sealed.open('RETR large', { mode, version: 'TLSv1.3' });
        const tls = await sealed.seal(socket);
        tls.pause();
        expect(await sealed.client.reply()).toMatch(/^426 .*ETIMEDOUT/);
        tls.destroy();
      }
      expect((await recorded(3)).at(-1)?.outcome).toMatchObject({ kind: 'failed', code: 'ETIMEDOUT' });
      await sealed.client.quit();
    }));

  it('a data connection that never begins its handshake is told so in time', () =>
    attacked({ tlsPem: PEM, connectTimeoutMs: 1000 }, async ({ address }) => {
      const sealed = await SealedClient.connect(address);
      for (const mode of ['active', 'passive'] as const) {
        const { socket } = await sealed.open('RETR f', { mode, version: 'TLSv1.3' });
        expect(await sealed.client.reply()).toMatch(/^522 TLS negotiation failed: not done within 1000 ms/);
        socket.destroy();
      }
      await sealed.client.quit();
    }));

  it('a hundred clients whose firewall drops every SYN keep nobody waiting', async () => {
    const silent = await silentListener('0.0.0.0');
    const net = ownAddress().replace(/\d+$/, ''); // a 4-tuple of its own for each
    await attacked({ activeAddress: 'claimed', connectTimeoutMs: 2000 }, async ({ address }) => {
      const holes = await Promise.all(Array.from({ length: 100 }, () => RawClient.loggedIn(address)));
      const healthy = await RawClient.loggedIn(address);
      const own = await healthy.announce();
      let answered = 0;
      const failed = holes.map(async (client, index) => {
        const claimed = { address: `${net}${index + 1}`, port: silent.port };
        expect(await client.command(`PORT ${formatHostPort(claimed)}`)).toMatch(/^200 /);
        expect(await client.command('RETR f')).toMatch(/^425 .*connect .*ETIMEDOUT/);
        answered++;
      });
      for (let times = 0; times < 20; times++) {
        expect((await healthy.fetch('RETR f', own)).content.toString()).toBe(TINY);
      }
      expect(answered).toBeLessThan(100); // they are still held while the other is served
      await Promise.all(failed);
      await Promise.all([...holes, healthy].map((client) => client.quit()));
      await own.close();
    });
    await silent.end();
  });

  it('under TLS, who comes to the passive port first and resumes nothing gets nothing', () =>
    attacked({ tlsPem: PEM, tlsReuse: 'require' }, async ({ address }) => {
      const sealed = await SealedClient.connect(address);
      const [, port = '0'] = /\|\|\|(\d+)\|/.exec(await sealed.client.command('EPSV')) ?? [];
      const stranger = connect({ host: address.address, port: Number(port) }); // from the client's own address, as behind NAT
      await once(stranger, 'connect');
      sealed.client.send('RETR f\r\n');
      expect(await sealed.client.reply()).toMatch(/^150 /);
      const tls = connectTls({ socket: stranger, rejectUnauthorized: false });
      const chunks: Buffer[] = [];
      tls.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
      expect(await sealed.client.reply()).toMatch(/^522 /);
      await once(tls, 'close');
      expect(Buffer.concat(chunks)).toHaveLength(0);
      await sealed.client.quit();
    }));
});

describe('resets', () => {
  type Step = (one: Serving) => Promise<Socket[]>;
  const opened =
    (way: 'active' | 'passive', command: string, seal: boolean): Step =>
    async ({ address }) => {
      const sealed = await SealedClient.connect(address);
      const { socket } = await sealed.open(command, { mode: way, version: 'TLSv1.3' });
      if (seal) await sealed.seal(socket);
      return [socket, sealed.below];
    };
  const STEPS: Readonly<Record<string, Step>> = {
    'at the greeting': async ({ address }) => [(await RawClient.connect(address)).socket],
    'behind AUTH': async ({ address }) => {
      const client = await RawClient.connect(address);
      await client.command('AUTH TLS');
      return [client.socket];
    },
    'in the handshake': async ({ address }) => {
      const client = await RawClient.connect(address);
      await client.command('AUTH TLS');
      client.send(Buffer.from('16030100', 'hex'));
      return [client.socket];
    },
    'under TLS, logged in': async ({ address }) => [(await SealedClient.connect(address)).below],
    'behind PASV': async ({ address }) => {
      const sealed = await SealedClient.connect(address);
      await sealed.client.command('EPSV');
      return [sealed.below];
    },
    'in the handshake of a download': opened('active', 'RETR large', false),
    'in the handshake of an upload': opened('passive', 'STOR up', false),
    'in a download under TLS': opened('passive', 'RETR large', true),
    'in an upload under TLS': opened('active', 'STOR up', true),
  };

  it.each(Object.keys(STEPS))('%s leave no session, no descriptor and no file', (name) =>
    attacked({ tlsPem: PEM, keepPartMs: 0 }, async (one) => {
      await writeFile(join(one.root, 'large'), Buffer.alloc(5_000_000));
      const before = openDescriptors();
      for (let times = 0; times < 10; times++) {
        const ended = sessionsEnded(one, 1);
        const step = STEPS[name] as Step;
        for (const socket of await step(one)) socket.resetAndDestroy();
        await ended;
      }
      await eventually(() => openDescriptors() === before);
      expect((await readdir(one.root)).sort()).toEqual(['f', 'large']);
    }),
  );
});

/** What the server does behind the end of a session has no event of its own; without it the test runs into Jest's limit. */
async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
