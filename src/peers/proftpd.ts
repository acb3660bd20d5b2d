// ProFTPD: data connections from L-1, with SO_REUSEADDR, as long as it stays root.
import { type Daemon, OWN_USER } from './daemon.ts';
import { debianProgram } from './packages.ts';
import { configured } from './place.ts';

export const proftpd = proftpdWith('RootRevoke off');

/** @param directive `RootRevoke off`, or nothing: it gives root up after the login then, and L-1 with it */
export function proftpdWith(directive: 'RootRevoke off' | ''): Daemon {
  return {
    needsRoot: true,
    login: OWN_USER,
    dataPort: ({ port }) => (directive === '' ? null : port - 1),
    async command(place) {
      await configured('proftpd.passwd', place);
      const config = await configured('proftpd.conf', place, { ROOT_REVOKE: directive });
      const { file, env } = await debianProgram('proftpd-core', 'usr/sbin/proftpd', place);
      return { file, args: ['-n', '-q', '-c', config], env };
    },
  };
}
