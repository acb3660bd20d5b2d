// `port20 serve` as an operator runs it: the binder toggled by flag, environment and file, and a clean end.
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openSession } from '../../src/client/basic-ftp/session.ts';
import { RawClient } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, type RunOptions, run, start } from './port20.ts';

/** Two transfers one after the other: what became of the second, and what the server said at its start. */
async function secondTransfer(args: readonly string[], options: RunOptions = {}): Promise<[string, string]> {
  const address = ownAddress();
  const root = emptyFolder();
  writeFileSync(join(root, 'file'), 'content');
  const server = start(
    ['serve', '--root', root, '--listen', `${address}:2121`, '--log-level', 'silent', ...args],
    options,
  );
  const [line] = await server.stderrMatch(/^listening on .*$/m);
  const login = { localAddress: ownAddress(), user: 'anonymous', password: 'x', timeoutMs: 10_000 };
  const session = await openSession({ server: { address, port: 2121 }, ...login });
  const first = await session.transfer({ direction: 'retr', path: 'file' });
  expect(first).toMatchObject({ error: undefined, bytes: 7 });
  const second = await session.transfer({ direction: 'retr', path: 'file' });
  session.close();
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
  const { error } = second;
  return [error?.kind === 'socket-error' ? `${error.phase}.${error.code}` : 'completed', line];
}

describe('the binder', () => {
  it('by default is reuse-port', async () => {
    const [second, line] = await secondTransfer([]);
    expect(second).toBe('completed');
    expect(line).toMatch(
      /^listening on 127\.[\d.]+:2121, data port 2120, binder reuse-port, retry none, root /,
    );
  });

  it('by flag', async () => {
    const [second, line] = await secondTransfer(['--binder', 'legacy', '--retry', 'none']);
    expect(second).toBe('bind.EADDRINUSE');
    expect(line).toMatch(/binder legacy, retry none/);
  });

  it('by environment', async () => {
    const [second] = await secondTransfer([], { env: { PORT20_BINDER: 'legacy', PORT20_RETRY: 'none' } });
    expect(second).toBe('bind.EADDRINUSE');
  });

  it('by file, whose keys are the flags in either spelling', async () => {
    const cwd = emptyFolder();
    writeFileSync(
      join(cwd, 'port20.config.yaml'),
      'binder: legacy\nretry: 1,2\ntime-unit: 1ms\nbindToConnect: 2ms\n',
    );
    const [second, line] = await secondTransfer([], { cwd });
    expect(second).toBe('bind.EADDRINUSE');
    expect(line).toMatch(/binder legacy, retry 1,2, time unit 1ms, 2ms between bind and connect/);
  });

  it('by a file that --config names; flags win over the environment, which wins over the file', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'other.yaml'), 'binder: legacy\nretry: none\n');
    const named = ['--config', join(cwd, 'other.yaml')];
    expect((await secondTransfer(named))[0]).toBe('bind.EADDRINUSE');
    expect((await secondTransfer(named, { env: { PORT20_BINDER: 'reuse-addr' } }))[0]).toBe('completed');
    const flag = [...named, '--binder', 'reuse-both'];
    expect((await secondTransfer(flag, { env: { PORT20_BINDER: 'legacy' } }))[1]).toMatch(
      /binder reuse-both/,
    );
  });
});

describe('links out of the root', () => {
  /** The reply to RETR of a link to a file beside the root. */
  async function throughLink(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const address = ownAddress();
    const root = emptyFolder();
    const outside = join(emptyFolder(), 'file');
    writeFileSync(outside, 'content');
    symlinkSync(outside, join(root, 'link'));
    const serve = ['serve', '--root', root, '--listen', `${address}:2121`, '--log-level', 'silent'];
    const server = start([...serve, ...args], options);
    await server.stderrMatch(/^listening on .*$/m);
    const client = await RawClient.loggedIn({ address, port: 2121 });
    const reply = await client.command('SIZE link');
    await client.quit();
    server.child.kill('SIGTERM');
    await server.ended;
    return reply;
  }

  it('lead nowhere, also in workers', async () => {
    expect(await throughLink([])).toMatch(/^550 /);
    expect(await throughLink(['--workers', '2'])).toMatch(/^550 /);
  });

  it('are refused or followed by flag, environment and file', async () => {
    expect(await throughLink(['--links', 'refuse'])).toMatch(/^550 /);
    expect(await throughLink(['--links', 'follow'])).toBe('213 7');
    expect(await throughLink(['--workers', '2', '--links', 'follow'])).toBe('213 7');
    expect(await throughLink([], { env: { PORT20_LINKS: 'follow' } })).toBe('213 7');
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), 'links: follow\n');
    expect(await throughLink([], { cwd })).toBe('213 7');
  });

  it('lead nowhere without the FFI, too', async () => {
    const noFfi = { env: { PORT20_NO_FFI: '1' } };
    expect(await throughLink(['--binder', 'reuse-addr'], noFfi)).toMatch(/^550 /);
    expect(await throughLink(['--binder', 'reuse-addr', '--links', 'follow'], noFfi)).toBe('213 7');
  });
});

it('several processes share the control port and the data port', async () => {
  const [second, line] = await secondTransfer(['--workers', '2']);
  expect(second).toBe('completed');
  expect(line).toMatch(/2 processes/);
});

it('says where data connections come from when the binder is ephemeral', async () => {
  const [second, line] = await secondTransfer(['--binder', 'ephemeral']);
  expect(second).toBe('completed');
  expect(line).toMatch(/data port ephemeral/);
});

it('takes its patience from flags', async () => {
  const address = ownAddress();
  const place = ['--listen', `${address}:2121`, '--root', emptyFolder(), '--write', '--log-level', 'silent'];
  const server = start(['serve', ...place, '--stall-timeout', '100ms']);
  await server.stderrMatch(/^listening on .*$/m);
  const client = await RawClient.loggedIn({ address, port: 2121 });
  const listener = await client.announce();
  client.send('STOR f\r\n');
  const socket = await listener.accepted();
  expect(await client.reply()).toMatch(/^150 /);
  expect(await client.reply()).toMatch(/^426 .*: ETIMEDOUT$/); // by default after five minutes
  socket.destroy();
  await client.quit();
  await listener.close();
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});

it.each(['1', '2'])(
  'takes its limit on the sessions of one address from a flag, with %s workers',
  async (workers) => {
    const address = ownAddress();
    const place = ['--listen', `${address}:2121`, '--root', emptyFolder(), '--log-level', 'silent'];
    const server = start(['serve', ...place, '--workers', workers, '--max-sessions-per-address', '1']);
    await server.stderrMatch(/^listening on .*$/m);
    const from = ownAddress();
    const first = await RawClient.loggedIn({ address, port: 2121 }, from);
    const second = await RawClient.connect({ address, port: 2121 }, from);
    expect(second.greeting).toBe('421 Too many sessions from your address, try again later.');
    await first.quit();
    server.child.kill('SIGTERM');
    expect((await server.ended).status).toBe(143);
  },
);

it.each(['1', '2'])(
  'listens on each address of --listen, of the file or of the environment, with %s workers',
  async (workers) => {
    const [address, other] = [ownAddress(), ownAddress()];
    const listen = [`${address}:2121`, `${other}:2221`] as const;
    const args = ['serve', '--root', emptyFolder(), '--log-level', 'silent', '--workers', workers];
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), `listen: [${listen.map((one) => `'${one}'`).join(', ')}]`);
    for (const [flags, options] of [
      [['--listen', listen[0], '--listen', listen[1]], {}],
      [['--listen', listen.join(',')], {}],
      [[], { env: { PORT20_LISTEN: listen.join(', ') } }],
      [[], { cwd }],
    ] as const) {
      const server = start([...args, ...flags], options);
      const [line] = await server.stderrMatch(/^listening on .*$/m);
      expect(line).toContain(`listening on ${listen.join(' and ')}, data ports 2120 and 2220, binder`);
      for (const one of [
        { address, port: 2121 },
        { address: other, port: 2221 },
      ]) {
        expect((await RawClient.loggedIn(one)).greeting).toMatch(/^220 /);
      }
      server.child.kill('SIGTERM');
      await server.ended;
    }
  },
);

it('takes limits, modes and words from flags, and says which of them is below what is usual', async () => {
  const address = ownAddress();
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'banner'), 'Hello\nThere\n');
  const server = start(
    [
      ...['serve', '--write', '--root', cwd, '--listen', `${address}:2121`, '--log-level', 'silent'],
      ...['--login-timeout', '1h', '--idle-timeout', '2s', '--accept-timeout', '20ms', '--umask', '027'],
      ...['--passive-ports', '50000-50000', '--passive-address', '192.0.2.1', '--max-rate', '1MiB'],
      ...['--banner-file', 'banner'],
    ],
    { cwd },
  );
  await server.stderrMatch(/^listening on .*$/m);
  const client = await RawClient.connect({ address, port: 2121 });
  expect(client.greeting).toBe('220-Hello\r\n220 There');
  client.send('USER anonymous\r\nMKD folder\r\nPASV\r\nNLST\r\n');
  expect(await client.reply()).toMatch(/^230 /);
  expect(await client.reply()).toMatch(/^257 /);
  expect(await client.reply()).toBe('227 Entering Passive Mode (192,0,2,1,195,80).');
  expect(await client.reply()).toMatch(/^425 .*ETIMEDOUT/);
  expect(await client.reply()).toBe('421 Idle for too long.');
  expect(statSync(join(cwd, 'folder')).mode & 0o777).toBe(0o750);
  server.child.kill('SIGTERM');
  expect((await server.ended).stderr).toContain(
    '--idle-timeout 2s is less than the 5m that RFC 1123 asks for',
  );
});

it('a banner is said by one flag', async () => {
  const { status, stderr } = await run(['serve', '--banner', 'x', '--banner-file', 'y']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('--banner and --banner-file say the same')]);
});

it.each([
  ['--listen', '127.0.0.1:2121,localhost:2121', "'localhost:2121' is not address:port"],
  ['--passive-ports', 'high', "'high' is not a range of ports such as 50000-50999"],
  [
    '--passive-ports',
    '80-90',
    "passive ports must be a range within 1024-65535, such as 50000-50999, not '80-90'",
  ],
  ['--passive-ports', '80', "such as 50000-50999, not '80'"],
  ['--passive-address', 'ftp..example', "or a name that has one, not 'ftp..example'"],
  ['--tls', 'require', 'tls require needs a certificate and its key: tls-cert and tls-key'],
  ['--tls-cert', 'cert.pem', 'TLS needs a key (tls-key), too'],
  ['--tls-reuse', 'require', '--tls-reuse has no effect without a certificate'],
  ['--active-address', 'any', "unknown active address 'any': use refuse, peer, claimed"],
  ['--umask', '89', "'89' is not an octal umask such as 022"],
  ['--umask', '0o22', "'0o22' is not an octal umask such as 022"],
  ['--idle-timeout', '0ms', "--idle-timeout: '0ms' leaves no time: name a duration such as 30s"],
  ['--max-rate', 'fast', "'fast' is not a size such as 4KiB or 1MiB"],
  ['--max-rate', '0', "--max-rate: '0' would let nothing through"],
  ['--banner-file', '/no/such/file', "--banner-file '/no/such/file' cannot be read: ENOENT"],
  ['--banner-file', '/dev/zero', 'banner must be at most 4096 bytes'],
  ['--max-sessions-per-address', '0', "'0' is not a whole number"],
  ['--connect-timeout', 'soon', "'soon' is not a duration such as 800ms, 30s or 2m"],
  ['--connect-timeout', '0ms', "--connect-timeout: '0ms' leaves no time"],
  ['--connect-retry', 'often', "unknown retry schedule 'often'"],
  ['--linger', '-1s', "'-1s' is not a duration"],
])('%s %s is refused in one line', async (flag, value, message) => {
  const { status, stderr } = await run(['serve', '--listen', `${ownAddress()}:2121`, `${flag}=${value}`]);
  expect(stderr).toContain(message);
  expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
});

it('works without the FFI where stock Node can do the same', async () => {
  const [second] = await secondTransfer(['--binder', 'reuse-addr'], { env: { PORT20_NO_FFI: '1' } });
  expect(second).toBe('completed');
});
