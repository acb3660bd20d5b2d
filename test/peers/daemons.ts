// FTP daemons of Debian and the stock ftp-srv, each started on an address of its own and stopped without a trace.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Endpoint } from '../../src/address.ts';
import type { ServerTarget } from '../../src/probe/server/fingerprint.ts';
import { ownAddress } from '../support/loopback.ts';
import { installed, libraryPath, unpacked } from './packages.ts';

const run = promisify(execFile);

export const DAEMON_NAMES = [
  'vsftpd',
  'ProFTPD, RootRevoke off',
  'ProFTPD',
  'Pure-FTPd',
  'pyftpdlib',
  'inetutils ftpd',
  'ftp-srv',
] as const;
export type DaemonName = (typeof DAEMON_NAMES)[number];

export interface Daemon {
  readonly target: ServerTarget;
  stop(): Promise<void>;
}

/** Where one daemon lives: a folder of its own, and in it the root that it serves. */
interface Place extends Endpoint {
  readonly folder: string;
  readonly root: string;
}

/** Starts it in `place`; the process, or the server that starts one for each connection. */
type Start = (place: Place) => Promise<Stoppable>;
interface Stoppable {
  readonly login: { readonly user: string; readonly password: string };
  stop(): Promise<void>;
}

/** L, where it is not 2121: ProFTPD's privileges, which RootRevoke is about, matter to port 20 only. */
const CONTROL_PORTS: Readonly<Partial<Record<DaemonName, number>>> = {
  'ProFTPD, RootRevoke off': 21,
  ProFTPD: 21,
};
/** The source port it is set to, where it is not L-1. */
const DATA_PORTS: Readonly<Partial<Record<DaemonName, number>>> = { 'Pure-FTPd': 20 };
const FILE = 'file';
const FIXTURES = fileURLToPath(new URL('../../fixtures/peers/', import.meta.url));
const ANONYMOUS = { user: 'anonymous', password: 'port20@' };
const OWN_USER = { user: 'peer', password: 'port20' };

const STARTS: Readonly<Record<DaemonName, Start>> = {
  vsftpd: async (place) => {
    await mkdir(join(place.folder, 'empty'));
    const config = await configured('vsftpd.conf', place);
    return daemon(await program('vsftpd', 'usr/sbin/vsftpd'), [config], ANONYMOUS);
  },
  'ProFTPD, RootRevoke off': (place) => startProftpd(place, 'RootRevoke off'),
  ProFTPD: (place) => startProftpd(place, ''),
  'Pure-FTPd': startPureFtpd,
  pyftpdlib: async ({ address, port, root }) => {
    const python = await installed('python3', 'python3');
    const modules = join(await unpacked('python3-pyftpdlib'), 'usr/lib/python3/dist-packages');
    const args = ['-u', '-W', 'ignore', join(FIXTURES, 'serve_pyftpdlib.py'), address, String(port), root];
    return daemon(python, args, ANONYMOUS, { PYTHONPATH: modules });
  },
  'inetutils ftpd': startInetutils,
  'ftp-srv': async ({ address, port, root }) =>
    daemon(process.execPath, [join(FIXTURES, 'stock-ftp-srv.mjs'), address, String(port), root], ANONYMOUS),
};

/** Resolves when it greets; `stop` ends its processes and removes its folder. */
export async function startDaemon(name: DaemonName): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), 'port20-peer-'));
  const root = join(folder, 'root');
  await mkdir(root);
  await writeFile(join(root, FILE), 'ten bytes\n');
  await chmod(folder, 0o755); // the daemons serve it as another user
  const server: Endpoint = { address: ownAddress(), port: CONTROL_PORTS[name] ?? 2121 };
  const started = await STARTS[name]({ ...server, folder, root });
  const stop = async () => {
    await started.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await greeted(server);
    const { [name]: dataPort } = DATA_PORTS;
    const target = { server, ...started.login, path: FILE, ...(dataPort !== undefined && { dataPort }) };
    return { target, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startProftpd(place: Place, rootRevoke: string): Promise<Stoppable> {
  await configured('proftpd.passwd', place);
  const config = await configured('proftpd.conf', place, { ROOT_REVOKE: rootRevoke });
  return daemon(await program('proftpd-core', 'usr/sbin/proftpd'), ['-n', '-q', '-c', config], OWN_USER);
}

/** A database of virtual users, made by its own tool. Its active connections come from port 20 whatever it listens on. */
async function startPureFtpd(place: Place): Promise<Stoppable> {
  const { address, port, folder } = place;
  const accounts = await configured('pureftpd.accounts', place);
  const database = join(folder, 'accounts.pdb');
  const env = await environment();
  await run(await program('pure-ftpd', 'usr/bin/pure-pw'), ['mkdb', database, '-f', accounts], { env });
  const args = ['-S', `${address},${port}`, '-g', join(folder, 'pid'), '-l', `puredb:${database}`, '-H'];
  return daemon(await program('pure-ftpd', 'usr/sbin/pure-ftpd'), args, OWN_USER);
}

/**
 * Started for each connection, as inetd does: on its own it can only take port 21 of every address. Anonymous is the
 * system's user `ftp`: one is given to it, and to no one else, by a passwd file in a mount namespace of its own.
 */
async function startInetutils(place: Place): Promise<Stoppable> {
  const passwd = await configured('inetutils.passwd', place);
  const ftpd = await program('inetutils-ftpd', 'usr/sbin/ftpd');
  const env = await environment();
  const script = 'mount --bind "$0" /etc/passwd && exec "$1" -A';
  const args = ['-m', 'sh', '-c', script, passwd, ftpd];
  const children = new Set<ChildProcess>();
  const inetd = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn('unshare', args, { env, stdio: [socket, socket, 'ignore'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    socket.destroy(); // the child has its own descriptor
  });
  inetd.listen(place.port, place.address);
  await once(inetd, 'listening');
  const stop = async () => {
    inetd.close();
    await Promise.all([...children].map(ended));
  };
  return { login: ANONYMOUS, stop };
}

async function daemon(
  file: string,
  args: readonly string[],
  login: Stoppable['login'],
  extra: NodeJS.ProcessEnv = {},
): Promise<Stoppable> {
  // A process group of its own: sessions are its children, and end with it.
  const env = { ...(await environment()), ...extra };
  // Should this process be killed in the middle, the kernel ends the daemon too.
  const guarded = ['--pdeathsig', 'KILL', file, ...args];
  const child = spawn('setpriv', guarded, { env, detached: true, stdio: 'ignore' });
  return { login, stop: () => ended(child) };
}

async function program(debianPackage: string, path: string): Promise<string> {
  return join(await unpacked(debianPackage), path);
}

async function environment(): Promise<NodeJS.ProcessEnv> {
  return { ...process.env, LD_LIBRARY_PATH: await libraryPath() };
}

/** The fixture with its @NAMES@ filled in, in the daemon's folder, readable to nobody else. */
async function configured(
  name: string,
  place: Place,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { address, port, folder, root } = place;
  const values: Readonly<Record<string, string | number>> = {
    ADDRESS: address,
    PORT: port,
    DATA_PORT: port - 1,
    FOLDER: folder,
    ROOT: root,
    ...more,
  };
  const text = await readFile(join(FIXTURES, name), 'utf8');
  const path = join(folder, name);
  const filled = text.replace(/@([A-Z_]+)@/g, (whole, key: string) => String(values[key] ?? whole));
  // vsftpd and ProFTPD refuse files that others may write; ftpd reads its passwd as anybody.
  await writeFile(path, filled, { mode: name.startsWith('inetutils') ? 0o644 : 0o600 });
  return path;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  killGroup(child);
  await exit;
}

/** The sessions that it forked too, where it leads a group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

const GREETING_TRIES = 200;
const TRY_EVERY_MS = 50;

/** Until its 220 is read: each refused connection is another try, for ten seconds. */
async function greeted({ address, port }: Endpoint): Promise<void> {
  for (let tries = 1; ; tries++) {
    const socket = connect({ host: address, port });
    try {
      await firstLine(socket);
      return;
    } catch (cause) {
      if (tries >= GREETING_TRIES) throw new Error(`no greeting at ${address}:${port}`, { cause });
    } finally {
      socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
}

async function firstLine(socket: Socket): Promise<void> {
  const [chunk] = await Promise.race([
    once(socket, 'data'),
    once(socket, 'close').then(() => Promise.reject(new Error('closed without a greeting'))),
  ]);
  if (!/^220/.test(String(chunk))) throw new Error(`greeted with ${String(chunk)}`);
}
