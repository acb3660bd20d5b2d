// The server as a library: options that cannot be, ports that cannot be had, and a close that leaves nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { PreflightError, UsageError } from '../../src/errors.ts';
import { listenError } from '../../src/server/control/listening.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { createServer } from '../../src/server/server.ts';
import { openDescriptors, ownAddress } from '../support/loopback.ts';
import { RawClient } from './raw-client.ts';
import { serving } from './serving.ts';

describe('createServer', () => {
  it.each<[ServerOptions, string]>([
    [{ host: 'localhost' }, "host must be an IP address such as 127.0.0.1 or ::1, not 'localhost'"],
    [{ port: 65536 }, "port must be 0 to 65535, not '65536'"],
    [{ dataPort: 0 }, "data port must be 1 to 65535, not '0'"],
    [{ host: 'fe80::1%lo' }, "host must be an address without a zone, not 'fe80::1%lo'"],
    [{ dataPort: 2121 }, 'data port 2121 is the control port as well: choose another one'],
    [{ port: 1 }, 'port 1 leaves no port below it for data connections'],
    [{ bindToConnectMs: -1 }, "bindToConnectMs must be 0 to 2147483647, not '-1'"],
    [{ bindToConnectMs: 2 ** 31 }, "bindToConnectMs must be 0 to 2147483647, not '2147483648'"],
    [{ retry: [1, 2_147_483] }, "retry schedule '1,2147483' waits longer than 2147483647 ms"],
    [{ binder: 'legacy', timeUnitMs: 2 ** 31 }, "retry schedule 'bsd' waits longer than 2147483647 ms"],
    [{ maxSessions: 0 }, "maxSessions must be 1 or more, not '0'"],
    [{ maxSessionsPerAddress: 0.5 }, "maxSessionsPerAddress must be 1 or more, not '0.5'"],
    [{ maxLoginAttempts: 0 }, "maxLoginAttempts must be 1 or more, not '0'"],
    [{ loginDelayMs: -1 }, "loginDelayMs must be 0 to 2147483647, not '-1'"],
    [{ loginTimeoutMs: 0 }, "loginTimeoutMs must be more than 0 and at most 2147483647, not '0'"],
    [{ connectTimeoutMs: 0 }, "connectTimeoutMs must be more than 0 and at most 2147483647, not '0'"],
    [
      { stallTimeoutMs: 2 ** 31 },
      "stallTimeoutMs must be more than 0 and at most 2147483647, not '2147483648'",
    ],
    [{ lingerMs: -1 }, "lingerMs must be 0 to 2147483647, not '-1'"],
    [{ connectRetry: [-1] }, 'retry schedule must be'],
    [{ binder: 'reuse' as 'legacy' }, "unknown binder 'reuse': use legacy, "],
    [{ links: 'outside' as 'inside' }, "unknown links 'outside': use inside, refuse, follow"],
    [{ retry: [-1] }, 'retry schedule must be'],
    [{ timeUnitMs: 0 }, 'time unit must be'],
  ])('%j: one clear line', (options, message) => {
    expect(() => createServer(options)).toThrow(UsageError);
    expect(() => createServer(options)).toThrow(message);
  });

  it('adds no signal handler to the process', async () => {
    const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;
    const before = signals.map((signal) => process.listeners(signal));
    const server = createServer({ host: ownAddress() });
    expect(signals.map((signal) => process.listeners(signal))).toEqual(before);
    await server.close();
  });
});

describe('listen', () => {
  it('needs a root that is a folder', async () => {
    const none = createServer({ host: ownAddress(), root: '/nowhere' });
    await expect(none.listen()).rejects.toThrow("root '/nowhere' cannot be served: ENOENT");
    const file = createServer({ host: ownAddress(), root: 'package.json' });
    await expect(file.listen()).rejects.toThrow(/^root '.*package\.json' is not a folder$/);
    await expect(file.listen()).rejects.toBeInstanceOf(UsageError);
  });

  it.each([
    ['read', 0o311],
    ['search', 0o644],
  ])('needs a root that it may %s', async (_right, mode) => {
    const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
    await chmod(root, mode);
    const server = createServer({ host: ownAddress(), root });
    try {
      const listening = asNobody(() => server.listen());
      await expect(listening).rejects.toBeInstanceOf(UsageError);
      await expect(listening).rejects.toThrow(`root '${root}' cannot be served: EACCES`);
    } finally {
      await server.close();
      await rmdir(root);
    }
  });

  it('says which address and port it cannot have', async () => {
    const taken = createTcpServer().listen(0, ownAddress());
    await once(taken, 'listening');
    const { address: host, port } = taken.address() as { address: string; port: number };
    const server = createServer({ host, port });
    await expect(server.listen()).rejects.toThrow(`${host}:${port} is in use by another server`);
    await expect(createServer({ host, port }).listen()).rejects.toBeInstanceOf(PreflightError);
    await expect(server.listen()).rejects.toMatchObject({ code: 'ECANCELED' }); // it is closed: it would serve nobody
    await server.close();
    taken.close();
    await expect(createServer({ host: '192.0.2.1' }).listen()).rejects.toThrow(
      '192.0.2.1 is not an address of this machine',
    );
  });

  it.each([
    [
      'EACCES',
      '127.0.0.1:21 is a privileged port: start as root or with CAP_NET_BIND_SERVICE, or listen on a port from 1024 on',
    ],
    ['ENOBUFS', 'cannot listen on 127.0.0.1:21: ENOBUFS'],
  ])('%s in words', (code, message) => {
    const error = listenError({ code }, { address: '127.0.0.1', port: 21 });
    expect(error).toBeInstanceOf(PreflightError);
    expect(error.message).toBe(message);
  });

  it('takes a free port for 0, and the one below it for data', async () => {
    const host = ownAddress();
    const server = createServer({ host, port: 0 });
    expect([server.address, server.dataPort]).toEqual([undefined, undefined]);
    const address = await server.listen();
    expect(address).toEqual({ address: host, port: expect.any(Number) });
    expect([server.address, server.dataPort]).toEqual([address, address.port - 1]);
    await server.close();
  });

  it('uses the data port that was asked for', () =>
    serving({ dataPort: 3333 }, async ({ address, server, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      expect((await client.fetch('RETR f', listener)).from).toEqual({ ...address, port: 3333 });
      expect(server.dataPort).toBe(3333);
      await client.quit();
      await listener.close();
    }));
});

describe('close', () => {
  it('leaves no descriptor, with sessions and a transfer running; a second call is the same', async () => {
    const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
    await writeFile(join(root, 'f'), Buffer.alloc(20_000_000));
    const before = openDescriptors();
    const server = createServer({ host: ownAddress(), root });
    const address = await server.listen();
    const idle = await RawClient.connect(address);
    const passive = await RawClient.loggedIn(address);
    await passive.command('PASV');
    const active = await RawClient.loggedIn(address);
    const listener = await active.announce();
    active.send('RETR f\r\n');
    const data = await listener.accepted();
    await active.reply();

    await Promise.all([server.close(), server.close()]);
    await server.close();

    expect(await idle.reply()).toBe('421 The server is closing.');
    await Promise.all([idle.ended(), passive.ended(), active.ended()]);
    data.destroy();
    await listener.close();
    await turn(); // a handle that is closed is listed until libuv has called back,
    await turn(); // which it does behind the immediates
    expect(openDescriptors()).toBe(before);
    await rm(root, { recursive: true });
  });

  it('leaves nothing that keeps a process from ending: no handle, no timer', async () => {
    const script = `
      import { connect } from 'node:net';
      const { createServer } = await import(process.argv[1]);
      const server = createServer({ host: process.argv[2] });
      const { address, port } = await server.listen();
      const client = connect(port, address);
      await new Promise((resolve) => client.once('data', resolve));
      await server.close();
      client.destroy();
    `;
    const built = fileURLToPath(new URL('../../dist/server/server.js', import.meta.url));
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, built, ownAddress()], {
      stdio: 'inherit',
    });
    expect(await once(child, 'exit')).toEqual([0, null]); // it ends by itself, or this test never does
  });

  it('is safe before and without listen', async () => {
    const server = createServer({ host: ownAddress() });
    await server.close();
    await server.close();
  });

  it('lets the port be used again at once', async () => {
    const host = ownAddress();
    for (let i = 0; i < 3; i++) {
      const server = createServer({ host });
      const client = await RawClient.connect(await server.listen());
      await client.quit();
      await server.close();
    }
  });
});

/** Runs `operation` without root's right to everything. */
async function asNobody<T>(operation: () => Promise<T>): Promise<T> {
  const user = process.geteuid?.();
  if (user !== 0) return operation();
  process.seteuid?.('nobody');
  try {
    return await operation();
  } finally {
    process.seteuid?.(user);
  }
}
