// Pure-FTPd: data connections from port 20 whatever it listens on, with SO_REUSEPORT.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, OWN_USER } from './daemon.ts';
import { debianProgram } from './packages.ts';
import { configured, type Place } from './place.ts';

const run = promisify(execFile);
const DATA_PORT = 20;

export const pureFtpd: Daemon = {
  needsRoot: true,
  login: OWN_USER,
  dataPort: () => DATA_PORT,
  async command(place) {
    const { file, env } = await debianProgram('pure-ftpd', 'usr/sbin/pure-ftpd', place);
    const args = flags(place, await accountsDatabase(place));
    return { file: 'unshare', args: [...WITH_RUN_FOLDER, place.folder, file, ...args], env };
  },
};

/**
 * Each session has a file in /run, named after its process, which stays when the session is killed, and would meet
 * that of another daemon: process ids of a namespace are small. So /run is the daemon's own folder, for it alone.
 */
const WITH_RUN_FOLDER = ['--mount', 'sh', '-c', 'mount --bind "$0" /run && exec "$@"'];

/** Virtual users, in the form that only its own tool can write. */
async function accountsDatabase(place: Place): Promise<string> {
  const accounts = await configured('pureftpd.accounts', place);
  const database = join(place.folder, 'accounts.pdb');
  const { file, env } = await debianProgram('pure-ftpd', 'usr/bin/pure-pw', place);
  await run(file, ['mkdb', database, '-f', accounts], { env });
  return database;
}

function flags({ server, folder }: Place, database: string): string[] {
  return [
    ['--bind', `${server.address},${server.port}`],
    ['--pidfile', join(folder, 'pid')],
    ['--login', `puredb:${database}`],
    '--dontresolve',
    // 50 sessions otherwise; there is no limit for each address unless one is set.
    ['--maxclientsnumber', '100000'],
    // Minutes; 15 otherwise.
    ['--maxidletime', '60'],
    // No syslog: one line for each transfer otherwise.
    ['--syslogfacility', 'none'],
  ].flat();
}
