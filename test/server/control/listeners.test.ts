// Several control ports of one server: each with its own data port, which of them can stand side by side, and what cannot be.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, type Server, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import { fillOptions } from '../../../src/server/fill-options.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { createServer } from '../../../src/server/server.ts';
import { listeningPeer, ownAddress, ownPort } from '../../support/loopback.ts';
import { RawClient, readAll } from '../raw-client.ts';

async function listening(
  options: ServerOptions,
  test: (addresses: readonly Endpoint[]) => Promise<void>,
): Promise<void> {
  const server = createServer(options);
  await server.listen();
  try {
    await test(server.addresses);
  } finally {
    await server.close();
  }
}

/** Where the data of one listing comes from, for a session at `at`. */
async function dataFrom(at: Endpoint): Promise<Endpoint> {
  const client = await RawClient.loggedIn(at);
  const listener = await client.announce();
  const { from } = await client.fetch('NLST', listener);
  await Promise.all([client.quit(), listener.close()]);
  return from;
}

describe('listen', () => {
  it('gives each address its data port, and data leaves from the address that the session came to', async () => {
    const [v4, port] = [ownAddress(), ownPort()];
    const listen = [
      { address: v4, port: 2121 },
      { address: v4, port: 2221 },
      { address: '::1', port },
    ];
    await listening({ listen }, async (addresses) => {
      expect(addresses).toEqual(listen);
      for (const { address, port } of listen) {
        expect(await dataFrom({ address, port })).toEqual({ address, port: port - 1 });
      }
    });
  });

  it('one data port that is set is that of all', async () => {
    const v4 = ownAddress();
    const listen = [2121, 2221].map((port) => ({ address: v4, port }));
    await listening({ listen, dataPort: 2020 }, async () => {
      for (const one of listen) expect(await dataFrom(one)).toEqual({ address: v4, port: 2020 });
    });
  });

  it('[::] takes IPv4 as well, with or without 0.0.0.0 of the same port beside it', async () => {
    const port = ownPort();
    const all = { address: '::', port };
    for (const listen of [[all], [all, { address: '0.0.0.0', port }], [{ address: '0.0.0.0', port }, all]]) {
      await listening({ listen }, async () => {
        for (const address of [ownAddress(), '::1']) {
          expect(await dataFrom({ address, port })).toEqual({ address, port: port - 1 });
        }
      });
    }
  });

  it('[::] is for IPv6 alone beside an IPv4 address of its port', async () => {
    const [address, port] = [ownAddress(), ownPort()];
    const listen = [
      { address: '::', port },
      { address, port },
    ];
    await listening({ listen }, async () => {
      expect((await dataFrom({ address, port })).address).toBe(address);
      expect((await dataFrom({ address: '::1', port })).address).toBe('::1');
      await expect(RawClient.connect({ address: ownAddress(), port })).rejects.toThrow('ECONNREFUSED');
    });
  });

  it('port 0 is a free one at each', async () => {
    const listen = [ownAddress(), ownAddress()].map((address) => ({ address, port: 0 }));
    await listening({ listen }, async (addresses) => {
      for (const { address, port } of addresses) {
        expect(await dataFrom({ address, port })).toEqual({ address, port: port - 1 });
      }
    });
  });

  it('counts sessions over all of them', async () => {
    const listen = [ownAddress(), ownAddress()].map((address) => ({ address, port: 2121 }));
    await listening({ listen, maxSessions: 1 }, async ([one, other]) => {
      const first = await RawClient.loggedIn(one as Endpoint);
      const { address: host, port } = other as Endpoint;
      expect((await readAll(connect({ host, port }))).toString()).toMatch(/^421 Too many sessions,/);
      await first.quit();
    });
  });

  it('takes none when one cannot be had', async () => {
    const peer = await listeningPeer(ownAddress());
    const free = { address: ownAddress(), port: 2121 };
    const server = createServer({ listen: [free, peer.endpoint] });
    await expect(server.listen()).rejects.toThrow(/ is in use by another server: /);
    await expect(RawClient.connect(free)).rejects.toThrow('ECONNREFUSED');
    await peer.close();
    await listening({ listen: [free] }, async () => {});
  });
});

describe('what cannot be', () => {
  const at = (address: string, port: number) => ({ address, port });
  it.each<[ServerOptions, RegExp]>([
    [{ listen: [] }, /listen needs one address/],
    [{ listen: [at('127.0.0.1', 21)], host: '127.0.0.1' }, /listen stands in place of host and port/],
    [{ listen: [at('ftp.example', 21)] }, /host must be an IP address .*, not 'ftp\.example'/],
    [{ listen: [at('::', 21), at('fe80::1%lo', 21)] }, /without a zone, not 'fe80::1%lo'/],
    [{ listen: [at('127.0.0.1', 21), at('127.0.0.1', 21)] }, /127\.0\.0\.1:21 is listed twice/],
    [{ listen: [at('0.0.0.0', 21), at('127.0.0.1', 21)] }, /0\.0\.0\.0:21 and 127\.0\.0\.1:21 are one port/],
    [{ listen: [at('::1', 21), at('::', 21)] }, /\[::1\]:21 and \[::\]:21 are one port/],
    [
      { listen: [at('127.0.0.1', 2121), at('127.0.0.1', 2122)] },
      /data port 127\.0\.0\.1:2121 is listened on as well, by 127\.0\.0\.1:2121: set a data port/,
    ],
    [{ listen: [at('127.0.0.1', 2121), at('0.0.0.0', 2222)], dataPort: 2121 }, /is listened on as well/],
    [{ passivePorts: { low: 100, high: 200 } }, /within 1024-65535, .* not '100-200'/],
    [{ passivePorts: { low: 3000, high: 2000 } }, /not '3000-2000'/],
    [{ passivePorts: { low: 3000, high: 70_000 } }, /not '3000-70000'/],
    [{ passivePorts: { low: 2000, high: 3000 } }, /2000-3000 have port 2121 among them, a control or data/],
    [{ passivePorts: { low: 2000, high: 2120 } }, /2000-2120 have port 2120 among them/],
    [
      { passiveAddress: 'ftp..example' },
      /IPv4 address such as .*, or a name that has one, not 'ftp\.\.example'/,
    ],
    [{ passiveAddress: '::1' }, /not '::1': .*EPSV, for IPv6, tells none/],
    [{ passiveAddress: '0.0.0.0' }, /not '0\.0\.0\.0'/],
    [{ umask: 0o1000 }, /umask must be/],
    [{ idleTimeoutMs: 0 }, /idleTimeoutMs must be more than 0/],
    [{ acceptTimeoutMs: 2 ** 31 }, /acceptTimeoutMs must be/],
    [{ maxBytesPerSecond: 0 }, /maxBytesPerSecond must be 1 or more/],
    [{ banner: ' \n' }, /banner must have some text/],
    [{ banner: 'a\x1b[31mb' }, /no control characters, not \\x1b/],
    [{ banner: 'a\rb' }, /no control characters, not \\x0d/],
    [{ banner: 'x'.repeat(4097) }, /at most 4096 bytes/],
  ])('%j', (options, message) => {
    expect(() => fillOptions(options)).toThrow(message);
  });

  it.each<ServerOptions>([
    { listen: [at('127.0.0.1', 2121), at('127.0.0.2', 2122)] }, // the data port is another address's
    { listen: [at('127.0.0.1', 0), at('127.0.0.1', 0)] },
    { listen: [at('::', 21), at('0.0.0.0', 21)] },
    { listen: [at('127.0.0.1', 2121)], passivePorts: { low: 1024, high: 2119 } },
  ])('but %j can', (options) => {
    expect(() => fillOptions(options)).not.toThrow();
  });
});

describe('a failed accept(2)', () => {
  /** Of every connection that is accepted in this process, the server. */
  async function withServers(
    test: (of: (local: Endpoint) => Server | undefined) => Promise<void>,
  ): Promise<void> {
    const servers = new Map<string, Server>();
    const onSocket = (message: unknown) => {
      const { socket } = message as { readonly socket: Socket & { readonly server: Server } };
      servers.set(`${socket.localAddress} ${socket.localPort}`, socket.server);
    };
    subscribe('net.server.socket', onSocket);
    await test(({ address, port }) => servers.get(`${address} ${port}`));
    unsubscribe('net.server.socket', onSocket);
  }

  it('ends nobody, at a control port and at a passive one', () =>
    withServers((of) =>
      listening({ host: ownAddress() }, async ([control = { address: '', port: 0 }]) => {
        const client = await RawClient.loggedIn(control);
        const [, port] = /\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
        const passive = { ...control, port: Number(port) };
        const stranger = connect({ host: passive.address, port: passive.port, localAddress: ownAddress() });
        await new Promise((resolve) =>
          stranger
            .on('error', () => {})
            .once('close', resolve)
            .resume(),
        );
        for (const place of [control, passive]) {
          of(place)?.emit('error', Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' }));
        }
        const content = readAll(connect(passive.port, passive.address));
        client.send('NLST\r\n');
        expect([await client.reply(), await client.reply()]).toEqual([
          expect.stringMatching(/^150 /),
          expect.stringMatching(/^226 /),
        ]);
        await Promise.all([content, client.quit()]);
        expect([of(control), of(passive)]).not.toContain(undefined);
      }),
    ));
});
