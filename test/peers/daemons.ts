// The daemons whose fingerprints are taken: the peers, and some that are none.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Daemon } from '../../src/peers/daemon.ts';
import { DAEMONS } from '../../src/peers/peers.ts';
import { proftpdWith } from '../../src/peers/proftpd.ts';
import { startDaemon as start } from '../../src/peers/start.ts';
import type { ServerTarget } from '../../src/probe/server/session.ts';
import { ownAddress } from '../support/loopback.ts';
import { inetutilsFtpd, stockFtpSrv } from './foreign.ts';
import { createRoot } from './root.ts';

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

export interface Started {
  readonly target: ServerTarget;
  stop(): Promise<void>;
}

const KNOWN: Readonly<Record<DaemonName, Daemon>> = {
  vsftpd: DAEMONS.vsftpd,
  'ProFTPD, RootRevoke off': DAEMONS.proftpd,
  ProFTPD: proftpdWith(''),
  'Pure-FTPd': DAEMONS['pure-ftpd'],
  pyftpdlib: DAEMONS.pyftpdlib,
  'inetutils ftpd': inetutilsFtpd,
  'ftp-srv': stockFtpSrv,
};
/** L, where it is not 2121: port 20 is what RootRevoke is documented for. */
const CONTROL_PORTS: Readonly<Partial<Record<DaemonName, number>>> = {
  'ProFTPD, RootRevoke off': 21,
  ProFTPD: 21,
};
const FILE = 'file';

/** Resolves when it greets; `stop` ends its processes and removes its folders. */
export async function startDaemon(name: DaemonName): Promise<Started> {
  const root = await createRoot();
  await writeFile(join(root.path, FILE), 'ten bytes\n');
  const server = { address: ownAddress(), port: CONTROL_PORTS[name] ?? 2121 };
  const peer = await start(name, KNOWN[name], { server, root: root.path });
  const stop = async () => {
    await peer.stop();
    await root.remove();
  };
  return { target: { server, ...peer.login, path: FILE, dataPort: peer.dataPort }, stop };
}
