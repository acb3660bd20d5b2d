// PORT, EPRT, PASV, EPSV: what is taken for an address, and where the server refuses to dial or to listen.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formatHostPort } from '../../../src/ftp/host-port.ts';
import { ownAddress, ownPort } from '../../support/loopback.ts';
import { RawClient, readAll } from '../raw-client.ts';
import { serving } from '../serving.ts';

const HERE = '127,0,0,1';

describe('PORT and EPRT', () => {
  it.each([
    ['PORT', '501'],
    ['PORT ', '501'],
    ['PORT ,,,,,', '501'],
    ['PORT 1,2,3', '501'],
    [`PORT ${HERE},256,1`, '501'],
    [`PORT ${HERE},x,1`, '501'],
    [`PORT ${HERE},0,0`, '501'],
    [`PORT ${HERE},0,80`, '504'],
    ['PORT 10,0,0,1,8,72', '504'],
    ['PORT 127,0,0,2,8,72', '504'],
    [`PORT ${HERE},8,72`, '200'],
    ['EPRT', '501'],
    ['EPRT |1|127.0.0.1|', '501'],
    ['EPRT |1|127.0.0.1|99999|', '501'],
    ['EPRT |1|127.0.0.1|80|', '504'],
    ['EPRT |1|10.0.0.1|2120|', '504'],
    ['EPRT |2|::1|2120|', '522'],
    ['EPRT |3|127.0.0.1|2120|', '522'],
    ['EPRT |1|127.0.0.1|2120|', '200'],
  ])('%j: %s', (line, replyCode) =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address, '127.0.0.1');
      expect(await client.command(line)).toMatch(new RegExp(`^${replyCode} \\S`));
      expect(await client.command('NOOP')).toMatch(/^200 /);
      await client.quit();
    }),
  );

  it('dials nobody before the transfer command, and the same port again for the next one', () =>
    serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await client.command('NOOP');
      expect(listener.unasked).toBe(0);
      expect((await client.fetch('RETR f', listener)).content.toString()).toBe('content');
      expect((await client.fetch('RETR f', listener)).content.toString()).toBe('content');
      await client.quit();
      await listener.close();
    }));

  it.each([
    ['PORT 10,0,0,1,8,72', 504],
    ['PORT 127,0,0,1,0,0', 501],
    ['PORT 1,2,3', 501],
    ['PORT', 501],
    ['PORT 127,0,0,1,\r8,72', 501],
    ['EPRT |3|x|1|', 522],
    ['EPRT |1|10.0.0.1|2120|', 504],
    ['EPRT', 501],
    ['EPSV 3', 522],
  ])(
    '%j is refused and forgets what was set before: nobody is dialled, and nobody may come',
    (line, replyCode) =>
      serving({}, async ({ address, root, records }) => {
        await writeFile(join(root, 'f'), 'content');
        const client = await RawClient.loggedIn(address);
        const listener = await client.announce();
        expect(await client.command(line)).toMatch(new RegExp(`^${replyCode} `));
        for (const transfer of ['RETR f', 'LIST', 'STOR f']) {
          expect(await client.command(transfer)).toBe('503 Send PORT, EPRT, PASV or EPSV first.');
        }
        expect([listener.unasked, records]).toEqual([0, []]);

        const port = portIn(await client.command('EPSV'));
        expect(await client.command(line)).toMatch(new RegExp(`^${replyCode} `));
        const refused = connect({ host: address.address, port });
        await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
        await client.command(`PORT ${formatHostPort(listener.endpoint)}`);
        expect((await client.fetch('RETR f', listener)).last).toMatch(/^226 /);
        await client.quit();
        await listener.close();
      }),
  );

  it('port 80 is refused and forgets, as PASV over IPv6 does', () =>
    serving({ host: '::1', port: 0 }, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      for (const line of ['EPRT |2|::1|80|', 'PASV']) {
        const listener = await client.announce();
        expect(await client.command(line)).toMatch(/^(504|425) /);
        expect(await client.command('LIST')).toMatch(/^503 /);
        expect(listener.unasked).toBe(0);
        await listener.close();
      }
      await client.quit();
    }));

  it("without PORT it dials the control connection's own port (RFC 959 3.2)", () =>
    serving({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const { local } = client;
      expect(await client.command('RETR f')).toBe(
        `425 Can't build data connection: connect ${address.address}:2120 -> ${local.address}:${local.port}: ECONNREFUSED`,
      );
      expect(records).toMatchObject([{ remote: local, outcome: { kind: 'failed', phase: 'connect' } }]);
      await client.quit();
    }));

  it('uses the address of the control connection when it listens on all', () =>
    serving({ host: '::', port: 0 }, async ({ address, root, server }) => {
      await writeFile(join(root, 'f'), 'content');
      const there = { address: ownAddress(), port: address.port };
      const client = await RawClient.loggedIn(there);
      const listener = await client.announce();
      const { from, last } = await client.fetch('RETR f', listener);
      expect(from).toEqual({ address: there.address, port: server.dataPort });
      expect(last).toMatch(/^226 /);
      await client.quit();
      await listener.close();
    }));
});

/** Two addresses of one interface: the server's, and a link-local one of a client on the same machine. */
const linkLocal = Object.entries(networkInterfaces())
  .map(([zone, found = []]) => {
    const v6 = found.filter(({ family, internal }) => family === 'IPv6' && !internal);
    const host = v6.find(({ scopeid }) => scopeid === 0)?.address;
    const peer = v6.find(({ scopeid }) => scopeid !== 0)?.address;
    return host === undefined || peer === undefined ? undefined : { host, peer: `${peer}%${zone}` };
  })
  .find((place) => place !== undefined);

/** Not every machine that tests run on has an interface with both. */
(linkLocal === undefined ? it.skip : it)('a link-local client is told to use EPSV, which works', async () => {
  const { host = '', peer = '' } = linkLocal ?? {};
  await serving({ host, port: 0 }, async ({ address, root, records }) => {
    await writeFile(join(root, 'f'), 'content');
    const client = await RawClient.loggedIn(address, peer);
    const silent = await RawClient.loggedIn(address, peer);
    const refusal = `No active mode to the link-local address ${peer}: use EPSV.`;
    for (const said of [peer, peer.replace(/%.*/, '')]) {
      expect(await client.command(`EPRT |2|${said}|2120|`)).toBe(
        said === peer ? '501 EPRT needs |1|address|port| or |2|address|port|.' : `504 ${refusal}`,
      );
    }
    expect(await silent.command('RETR f')).toBe(`425 ${refusal}`);
    const socket = connect({ host, port: portIn(await client.command('EPSV')), localAddress: peer });
    client.send('RETR f\r\n');
    expect((await readAll(socket)).toString()).toBe('content');
    expect(records).toMatchObject([{ binder: 'passive', outcome: { kind: 'completed' } }]);
    await Promise.all([client.quit(), silent.quit()]);
  });
});

describe('PASV and EPSV', () => {
  it.each(['PASV', 'EPSV', 'EPSV 1'])('%s gives one connection, which is recorded as passive', (command) =>
    serving({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const socket = connect({ host: address.address, port: portIn(await client.command(command)) });
      client.send('RETR f\r\n');
      expect((await readAll(socket)).toString()).toBe('content');
      expect(await client.reply()).toMatch(/^150 /);
      expect(await client.reply()).toMatch(/^226 /);
      expect(records).toMatchObject([
        { binder: 'passive', command: 'RETR', bytes: 7, bindCalls: 1, outcome: { kind: 'completed' } },
      ]);
      expect(records[0]?.remote).toEqual({ address: socket.localAddress, port: expect.any(Number) });
      await client.quit();
    }),
  );

  it('takes the connection also after the transfer command', () =>
    serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const port = portIn(await client.command('PASV'));
      client.send('RETR f\r\n');
      const socket = connect({ host: address.address, port });
      expect((await readAll(socket)).toString()).toBe('content');
      expect(await client.reply()).toMatch(/^150 /);
      await client.quit();
    }));

  it('turns a stranger away and goes on waiting for its client', () =>
    serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const port = portIn(await client.command('EPSV'));
      const stranger = connect({ host: address.address, port, localAddress: ownAddress() });
      stranger.on('error', () => {});
      client.send('RETR f\r\n');
      await once(stranger.resume(), 'close');
      expect(stranger.bytesRead).toBe(0);
      expect((await readAll(connect({ host: address.address, port }))).toString()).toBe('content');
      await client.quit();
    }));

  it('ABOR ends the wait for a client that never connects', () =>
    serving({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      await client.command('PASV');
      client.send('RETR f\r\nABOR\r\n');
      expect(await client.reply()).toBe('426 Transfer aborted.');
      expect(await client.reply()).toMatch(/^226 /);
      expect(records).toMatchObject([{ binder: 'passive', outcome: { kind: 'aborted', phase: 'connect' } }]);
      await client.quit();
    }));

  it('a listener that is replaced, or whose session ends, is closed', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const replaced = portIn(await client.command('PASV'));
      const kept = portIn(await client.command('EPSV'));
      expect(await refused(address.address, replaced)).toBe('ECONNREFUSED');
      await client.quit();
      expect(await refused(address.address, kept)).toBe('ECONNREFUSED');
    }));

  it('EPSV ALL forbids everything else (RFC 2428 4)', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      expect(await client.command('EPSV 2')).toMatch(/^522 /);
      expect(await client.command('EPSV ALL')).toMatch(/^200 /);
      for (const line of ['PASV', `PORT ${HERE},8,72`, 'EPRT |1|127.0.0.1|2120|']) {
        expect(await client.command(line)).toBe('501 Not after EPSV ALL.');
      }
      expect(await client.command('EPSV')).toMatch(/^229 /);
      await client.quit();
    }));

  it('PASV has no form for IPv6', () =>
    serving({ host: '::1', port: ownPort() }, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      expect(await client.command('PASV')).toMatch(/^425 .*EPSV/);
      const port = portIn(await client.command('EPSV 2'));
      client.send('RETR f\r\n');
      expect((await readAll(connect({ host: '::1', port }))).toString()).toBe('content');
      await client.quit();
    }));
});

it('a client may go from active to passive and back', () =>
  serving({}, async ({ address, root, records }) => {
    await writeFile(join(root, 'f'), 'content');
    const client = await RawClient.loggedIn(address);
    const first = await client.announce();
    await client.fetch('RETR f', first);
    const socket = connect({ host: address.address, port: portIn(await client.command('PASV')) });
    client.send('RETR f\r\n');
    await readAll(socket);
    expect(await client.reply()).toMatch(/^150 /);
    expect(await client.reply()).toMatch(/^226 /);
    const second = await client.announce();
    await client.fetch('RETR f', second);
    expect(records.map(({ binder }) => binder)).toEqual(['reuse-port', 'passive', 'reuse-port']);
    await client.quit();
    await Promise.all([first.close(), second.close()]);
  }));

function portIn(reply: string): number {
  const [, extended, high, low] = /\(\|\|\|(\d+)\|\)|,(\d+),(\d+)\)/.exec(reply) ?? [];
  return extended === undefined ? Number(high) * 256 + Number(low) : Number(extended);
}

function refused(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => resolve(socket.destroy()));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}
