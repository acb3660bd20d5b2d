// The registry: every peer by name.
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import type { Daemon } from './daemon.ts';
import { proftpd } from './proftpd.ts';
import { pureFtpd } from './pure-ftpd.ts';
import { pyftpdlib } from './pyftpdlib.ts';
import { startDaemon } from './start.ts';
import { PEER_NAMES, type Peer, type PeerName, type PeerOptions } from './types.ts';
import { vsftpd } from './vsftpd.ts';

export const DAEMONS: Readonly<Record<PeerName, Daemon>> = {
  vsftpd,
  proftpd,
  'pure-ftpd': pureFtpd,
  pyftpdlib,
};

/**
 * Starts a daemon of Debian, from its package, which is downloaded once. Resolves when it greets. It ends when `stop`
 * is called, and when the process that started it ends, for whatever reason.
 *
 * What lies in `root` may be fetched and listed; folders of it that anybody may write in take uploads, and
 * overwriting. No limit on sessions, nor on sessions of one address; nobody is logged out before five idle minutes.
 * @throws UsageError for a name that is none; PreflightError for what is missing here, with the way out
 */
export async function startPeer(name: PeerName, options: PeerOptions): Promise<Peer> {
  const daemon: Daemon | undefined = Object.hasOwn(DAEMONS, name) ? DAEMONS[name] : undefined;
  if (daemon === undefined) {
    const known = PEER_NAMES.join(', ');
    throw new UsageError(`unknown peer '${name}'${didYouMean(name, PEER_NAMES)}: use ${known}`);
  }
  return startDaemon(name, daemon, options);
}
