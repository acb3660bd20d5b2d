// Daemons that only tests need, in the shape of the peers: one that inetd starts, and the stock ftp-srv.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ANONYMOUS, type Daemon } from '../../src/peers/daemon.ts';
import { debianProgram } from '../../src/peers/packages.ts';

/**
 * Started for each connection, as inetd does: on its own it can only take port 21 of every address. Anonymous is the
 * system's user `ftp`: one is given to it, and to no one else, by a passwd file in a mount namespace of its own.
 */
export const inetutilsFtpd: Daemon = {
  needsRoot: true,
  login: ANONYMOUS,
  dataPort: () => null,
  async command({ server, root, folder }) {
    const passwd = join(folder, 'passwd');
    await writeFile(passwd, PASSWD + root + ANY_SHELL, { mode: 0o644 });
    const { file, env } = await debianProgram('inetutils-ftpd', 'usr/sbin/ftpd');
    const ftpd = [
      'unshare',
      '--mount',
      'sh',
      '-c',
      'mount --bind "$0" /etc/passwd && exec "$1" -A',
      passwd,
      file,
    ];
    const args = [script('inetd.mjs'), server.address, String(server.port), ...ftpd];
    return { file: process.execPath, args, env };
  },
};

const PASSWD = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
ftp:x:65534:65534:anonymous FTP:`;
const ANY_SHELL = ':/bin/false\n';

export const stockFtpSrv: Daemon = {
  needsRoot: false,
  login: ANONYMOUS,
  dataPort: () => null,
  async command({ server, root }) {
    const args = [script('stock-ftp-srv.mjs'), server.address, String(server.port), root];
    return { file: process.execPath, args, env: process.env };
  },
};

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
