// What keeps a peer from starting, each in one line that names the way out.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { formatEndpoint } from '../../src/address.ts';
import { ANONYMOUS, type Command, type Daemon } from '../../src/peers/daemon.ts';
import { debianPackage } from '../../src/peers/packages.ts';
import { startPeer } from '../../src/peers/peers.ts';
import { startDaemon } from '../../src/peers/start.ts';
import type { PeerName, PeerOptions } from '../../src/peers/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { createRoot, type Root } from './root.ts';

const run = promisify(execFile);
const COORDINATOR = fileURLToPath(new URL('coordinator.mjs', import.meta.url));

let root: Root;
let options: PeerOptions;
beforeEach(async () => {
  root = await createRoot();
  options = { server: { address: ownAddress(), port: 2121 }, root: root.path };
});
afterEach(() => root.remove());

function daemonOf(file: string, ...args: string[]): Daemon {
  const command = async (): Promise<Command> => ({ file, args, env: process.env });
  return { needsRoot: false, login: ANONYMOUS, dataPort: () => null, command };
}

it('refuses a name that is none', async () => {
  await expect(startPeer('vsftp' as PeerName, options)).rejects.toThrow(
    "unknown peer 'vsftp' (did you mean 'vsftpd'?): use vsftpd, proftpd, pure-ftpd, pyftpdlib",
  );
});

it('refuses a place that is taken', async () => {
  const stranger = createServer().listen(options.server.port, options.server.address);
  await once(stranger, 'listening');
  const place = formatEndpoint(options.server);
  await expect(startPeer('vsftpd', options)).rejects.toThrow(
    `peer 'vsftpd' cannot listen on ${place}: EADDRINUSE`,
  );
  stranger.close();
});

it('refuses a root that the daemon could not enter', async () => {
  const inner = join(root.path, 'inner');
  await mkdir(inner);
  await chmod(root.path, 0o700);
  await expect(startPeer('proftpd', { ...options, root: inner })).rejects.toThrow(
    `peer 'proftpd' cannot serve '${inner}': '${root.path}' is closed to other users`,
  );
  await expect(startPeer('proftpd', { ...options, root: `${inner}/none` })).rejects.toThrow(
    `root '${inner}/none' cannot be served: ENOENT`,
  );
});

it('gives the last words of a daemon that ends at once', async () => {
  const daemon = daemonOf('sh', '-c', 'echo first; echo "cannot open this" >&2; exit 3');
  await expect(startDaemon('shell', daemon, options)).rejects.toThrow(
    "peer 'shell' did not start: cannot open this",
  );
  await expect(startDaemon('silent', daemonOf('true'), options)).rejects.toThrow(
    "peer 'silent' did not start: it ended without a word",
  );
});

it('names a package that cannot be had', async () => {
  await expect(debianPackage('port20-no-such-package')).rejects.toThrow(
    /^the Debian package 'port20-no-such-package' cannot be downloaded \(E: .*\): check the network, or name a running server with --target$/,
  );
});

it.each([
  [[], "peer 'vsftpd' needs a process namespace (unshare is not installed): install util-linux, or"],
  [['unshare', 'true'], "the Debian package 'vsftpd' cannot be had without apt-cache: use Debian, or"],
])('with nothing but %j it names the tool that is missing', async (tools, message) => {
  const bin = join(root.path, 'bin');
  await mkdir(bin);
  for (const tool of tools) await symlink(`/usr/bin/${tool}`, join(bin, tool));
  const { address, port } = options.server;
  const args = [COORDINATOR, 'vsftpd', address, String(port), root.path];
  // A TMPDIR of its own: an earlier run's package is none of it.
  const { stdout } = await run(process.execPath, args, { env: { PATH: bin, TMPDIR: root.path } });
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'ERR_PREFLIGHT',
    message: expect.stringContaining(message),
  });
});
