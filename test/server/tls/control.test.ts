// TLS on the control connection: what RFC 4217 says of AUTH, PBSZ, PROT and CCC, and what was sent in the clear before it.
import { describe, expect, it } from '@jest/globals';
import type { ServerOptions } from '../../../src/server/options.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';
import { PEM, SealedClient } from './sealing.ts';

const ALLOWED: ServerOptions = { tlsPem: PEM };
const REQUIRED: ServerOptions = { tlsPem: PEM, tls: 'require' };

describe('AUTH', () => {
  it('begins TLS, in which a session logs in', () =>
    serving(ALLOWED, async ({ address }) => {
      const client = await RawClient.connect(address);
      const tls = await client.startTls();
      expect(['TLSv1.2', 'TLSv1.3']).toContain(tls.getProtocol());
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      expect(await client.command('STAT')).toMatch(/ TLS: TLSv1\.3, data connections in the clear\.\r\n/);
      await client.quit();
    }));

  it('knows one mechanism, and refuses what comes out of turn', () =>
    serving(ALLOWED, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(await client.command('PBSZ 0')).toMatch(/^503 /);
      expect(await client.command('PROT P')).toMatch(/^503 /);
      expect(await client.command('CCC')).toMatch(/^533 /);
      for (const mechanism of ['SSL', 'TLS-P', 'GSSAPI']) {
        expect(await client.command(`AUTH ${mechanism}`)).toBe(
          `504 No AUTH '${mechanism}': AUTH TLS is there.`,
        );
      }
      expect(await client.command('AUTH')).toMatch(/^501 /);
      await client.startTls();
      expect(await client.command('AUTH TLS')).toMatch(/^503 /);
      expect(await client.command('PROT P')).toBe('503 Send PBSZ 0 before PROT.');
      expect(await client.command('PBSZ x')).toMatch(/^501 /);
      expect(await client.command('PBSZ 16384')).toBe('200 PBSZ=0');
      expect(await client.command('PBSZ 0')).toBe('200 PBSZ is 0.');
      for (const level of ['S', 'E']) expect(await client.command(`PROT ${level}`)).toMatch(/^536 /);
      expect(await client.command('PROT X')).toMatch(/^504 /);
      expect(await client.command('PROT P')).toBe('200 PROT is P.');
      expect(await client.command('PROT C')).toBe('200 PROT is C.');
      expect(await client.command('CCC')).toMatch(/^534 /);
      await client.quit();
    }));

  it('tells of itself in FEAT, and only where there is TLS', async () => {
    const features = async (options: ServerOptions) => {
      let told = '';
      await serving(options, async ({ address }) => {
        const client = await RawClient.connect(address);
        told = await client.command('FEAT');
        await client.quit();
      });
      return told;
    };
    expect(await features(ALLOWED)).toMatch(/\r\n AUTH TLS\r\n[\s\S]*\r\n PBSZ\r\n PROT\r\n/);
    for (const options of [{}, { tlsPem: PEM, tls: 'off' }] as const) {
      expect(await features(options)).not.toMatch(/AUTH|PBSZ|PROT/);
    }
  });

  it('forgets who was logged in, and the port that was named', () =>
    serving(ALLOWED, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await client.startTls();
      expect(await client.command('PWD')).toMatch(/^530 /);
      await client.command('USER anonymous');
      await client.command('PBSZ 0');
      await client.command('PROT P');
      expect(await client.command('LIST')).toMatch(/^(503|425) /);
      expect(listener.unasked).toBe(0);
      await listener.close();
      await client.quit();
    }));
});

describe('what was sent ahead in the clear', () => {
  it.each([
    ['in the packet of AUTH', 'AUTH TLS\r\nUSER anonymous\r\nMKD injected\r\n'],
    ['behind a command that runs', 'NOOP\r\nAUTH TLS\r\nNOOP\r\n'],
    ['as half a line', 'AUTH TLS\r\nUSER anon'],
  ])('is dropped: %s', (_, sent) =>
    serving(ALLOWED, async ({ address }) => {
      const client = await RawClient.connect(address);
      client.send(sent);
      let reply = await client.reply();
      if (reply.startsWith('200 ')) reply = await client.reply();
      expect(reply).toBe('234 Begin TLS.');
      await client.seal();
      expect(await client.command('SYST')).toBe('215 UNIX Type: L8'); // no reply to anything else stands before it
      expect(await client.command('PWD')).toMatch(/^530 /);
      await client.quit();
    }),
  );
});

describe('TLS that is required', () => {
  it('lets nobody say a name or a password in the clear', () =>
    serving(REQUIRED, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(await client.command('USER anonymous')).toMatch(/^530 .*AUTH TLS/);
      expect(await client.command('PASS x')).toMatch(/^530 .*AUTH TLS/);
      expect(await client.command('FEAT')).toMatch(/^211-/);
      await client.startTls();
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      await client.command('PBSZ 0');
      expect(await client.command('PROT C')).toMatch(/^534 /);
      await client.quit();
    }));

  it('refuses a data connection without PROT P, when the transfer starts (PORT before it, as of old)', () =>
    serving(REQUIRED, async ({ address, records }) => {
      const client = await RawClient.connect(address);
      await client.startTls();
      await client.command('USER anonymous');
      const listener = await client.announce();
      expect(await client.command('LIST')).toMatch(/^521 .*PROT P/);
      expect(listener.unasked).toBe(0);
      expect(records).toEqual([]);
      await listener.close();
      await client.quit();
    }));
});

describe('implicit TLS', () => {
  it('begins with the first byte, on its ports alone, and seals data unless told otherwise', async () => {
    const host = ownAddress();
    const [plain, implicit] = [
      { address: host, port: 2121 },
      { address: host, port: 2991 },
    ];
    await serving({ listen: [plain, implicit], tlsPem: PEM, implicitTlsPorts: [2991] }, async () => {
      const sealed = await RawClient.connectTls(implicit);
      expect(sealed.greeting).toMatch(/^220 /);
      expect(await sealed.command('USER anonymous')).toMatch(/^230 /);
      expect(await sealed.command('STAT')).toMatch(/data connections sealed/);
      expect(await sealed.command('AUTH TLS')).toMatch(/^503 /);
      expect(await sealed.command('PROT P')).toMatch(/^200 /);
      await sealed.quit();
      const open = await RawClient.connect(plain);
      expect(open.greeting).toMatch(/^220 /);
      await open.quit();
    });
  });
});

describe('versions', () => {
  it.each(['TLSv1', 'TLSv1.1'] as const)('%s is not spoken, and its session ends', (version) =>
    serving(ALLOWED, async ({ address, server }) => {
      const client = await RawClient.connect(address);
      const ended = new Promise((resolve) => server.on('sessionEnd', resolve));
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(client.startTls(old)).rejects.toThrow();
      await ended;
    }),
  );

  it('renegotiation is refused', () =>
    serving(ALLOWED, async ({ address }) => {
      const sealed = await SealedClient.connect(address, { maxVersion: 'TLSv1.2' });
      const tls = sealed.client.socket as import('node:tls').TLSSocket;
      const failed = new Promise<Error | null>((resolve) => {
        tls.renegotiate({ rejectUnauthorized: false }, resolve);
        tls.once('error', resolve);
        tls.once('close', () => resolve(new Error('closed')));
      });
      expect(await failed).toBeInstanceOf(Error);
    }));
});

it('a client that goes away in the handshake, or sends garbage, ends its session and nothing else', () =>
  serving(ALLOWED, async ({ address, server }) => {
    const witness = await RawClient.loggedIn(address);
    for (const garbage of ['', 'GET / HTTP/1.1\r\n\r\n', Buffer.alloc(70_000, 0x16)]) {
      const client = await RawClient.connect(address);
      const ended = new Promise((resolve) => server.on('sessionEnd', resolve));
      expect(await client.command('AUTH TLS')).toMatch(/^234 /);
      client.socket.removeAllListeners('data');
      if (garbage === '') client.socket.resetAndDestroy();
      else client.send(garbage);
      client.socket.resume();
      if (garbage !== '') await client.ended();
      await ended;
      expect(await witness.command('NOOP')).toMatch(/^200 /);
    }
    await witness.quit();
  }));
