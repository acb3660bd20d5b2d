// FTP daemons that a run can start beside port20's own server, and what a started one offers.
import type { Endpoint } from '../address.ts';

export const PEER_NAMES = ['vsftpd', 'proftpd', 'pure-ftpd', 'pyftpdlib'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export interface PeerOptions {
  /** Where it listens: an address and a port of this machine that nothing listens on. */
  readonly server: Endpoint;
  /** The folder that it serves as it is. It works as the system's user `daemon`, who must be able to enter it. */
  readonly root: string;
  /** Called when its package is not here yet and is fetched, which takes as long as the network does. */
  readonly onFetch?: ((packageName: string) => void) | undefined;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A daemon that has greeted. */
export interface Peer {
  readonly server: Endpoint;
  /** Where its active data connections come from; for one that takes any port, where they should come from: L-1. */
  readonly dataPort: number;
  /** Whether they do come from there. */
  readonly keepsPort: boolean;
  readonly login: Login;
  /** Rejects with an InvalidRunError, its last words in it, when it ends and was not stopped; it never resolves. */
  readonly lost: Promise<never>;
  /** The daemon and all that it forked, now; none once it has ended. */
  pids(): readonly number[];
  /** Resolves when no process of it is left and its folder is removed. Safe to call again. */
  stop(): Promise<void>;
}
