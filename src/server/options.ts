// Server settings: what a user may say, and what the code may read.
import type { Logger } from 'pino';
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { FileCallsSetting } from '../net/disk-patience.ts';
import type { Links } from '../net/tree/types.ts';
import type { ActiveAddress } from './data/active-address.ts';
import type { PortRange } from './data/passive-ports.ts';
import type { BareFin, TlsPem, TlsPolicy, TlsReuse } from './tls/types.ts';
import type { Authenticate } from './users/login.ts';

/** Everything is optional; `createServer({})` serves the current folder, read-only, to anonymous on 127.0.0.1:2121. */
export interface ServerOptions {
  /** IP literal to listen on. */
  readonly host?: string;
  /** Control port L; 0 takes a free one. */
  readonly port?: number;
  /**
   * Several addresses in place of `host` and `port`, IP literals each. `::` takes IPv4 as well, unless an IPv4 address
   * of the same port is listed beside it.
   */
  readonly listen?: readonly Endpoint[];
  readonly root?: string;
  /** How symbolic links count: `inside` the root, as in a chroot, unless set; `refuse`; `follow`, also out of the root. */
  readonly links?: Links;
  readonly binder?: BinderName;
  readonly retry?: RetrySetting;
  /** Length of one second of the retry schedule, in milliseconds. */
  readonly timeUnitMs?: number;
  /** Local port of active data connections, whichever control port the session came by; L-1 unless set (RFC 959 §3.2). */
  readonly dataPort?: number;
  /** Held between bind and connect, in milliseconds; stands for a busy host. */
  readonly bindToConnectMs?: number;
  /**
   * Who may log in, and what they may do. Anonymous users alone unless set; what it is set to decides on those, too. Not
   * for workers: a function stays in its process.
   */
  readonly authenticate?: Authenticate;
  /** Path of a file of users who may log in, with their passwords' hashes. Not beside `authenticate`. */
  readonly usersFile?: string;
  /** Anonymous users may log in, too. Yes, unless there is a `usersFile` or `authenticate`. */
  readonly anonymous?: boolean;
  /** Anonymous users may upload and change files. */
  readonly write?: boolean;
  /** What came of an upload that broke is kept that long for the same user to go on with it; an hour unless set, 0 for not at all. */
  readonly keepPartMs?: number;
  /** Uploads are on the disk, by fsync(2), before the client is told that they are complete. */
  readonly syncUploads?: boolean;
  /**
   * `auto` unless set: what takes a disk of this machine less than a thread's round trip (a small write, a rename) is done in
   * the event loop, and by a thread when a disk was slow of late; `pool`: always by a thread.
   */
  readonly fileCalls?: FileCallsSetting;
  /**
   * Permission bits that new files (of 666) and folders (of 777) do not get, whatever the process's own umask is; that
   * one unless set. A file that is replaced keeps its bits.
   */
  readonly umask?: number;
  /** What the first 220 says, in one line or several; 4 KiB at most. */
  readonly banner?: string;
  /** Control connections at a time, in all processes; one more is refused with 421. 1000 unless set. */
  readonly maxSessions?: number;
  /**
   * Control connections at a time from one address (for IPv6 from one /64), in all processes; one more is refused with
   * 421. A quarter of maxSessions unless set, but at least 10.
   */
  readonly maxSessionsPerAddress?: number;
  /** A session that has not logged in by then is ended with 421, in milliseconds; a minute unless set. */
  readonly loginTimeoutMs?: number;
  /**
   * Bytes a second that the transfers of one session may take, each way, where its user has no rate of its own; no limit
   * unless set. Listings are not counted.
   */
  readonly maxBytesPerSecond?: number;
  /** A session that sends no command, and has no transfer, for so long is ended with 421, in milliseconds; 15 minutes unless set. */
  readonly idleTimeoutMs?: number;
  /**
   * How long a client waits to hear that its login is refused, in milliseconds; a second unless set, and longer where the
   * check of a password in `usersFile` takes longer.
   */
  readonly loginDelayMs?: number;
  /** A session that had so many logins refused is ended with 421; 3 unless set. */
  readonly maxLoginAttempts?: number;
  /** How long an active data connection may take to come up, in milliseconds; 10 s unless set. */
  readonly connectTimeoutMs?: number;
  /** How long a passive one may, from the transfer command on, in milliseconds; 10 s unless set. */
  readonly acceptTimeoutMs?: number;
  /** Local ports of passive data connections, both ends included, from 1024 on; any free one unless set. */
  readonly passivePorts?: PortRange;
  /**
   * What becomes of PORT and EPRT that name another address than the one that the client comes from: refused with 504
   * (`refuse`, the default), the client's own dialled in its place (`peer`), or what was named (`claimed`): then clients
   * can have it dial whom they like (RFC 2577 §3).
   */
  readonly activeAddress?: ActiveAddress;
  /**
   * IPv4 address that PASV tells its client, or a name that has one, for a server behind NAT; the control connection's own
   * unless set. A name is looked up anew when a minute has passed.
   */
  readonly passiveAddress?: string;
  /** Waits before a connect is tried again that met a 4-tuple still in use (EADDRNOTAVAIL); `none` unless set. */
  readonly connectRetry?: RetrySetting;
  /** A transfer of which nothing moves for so long is ended with 426, in milliseconds; 5 minutes unless set. */
  readonly stallTimeoutMs?: number;
  /** How long 226 waits for the client's FIN behind ours, in milliseconds; 0 (not at all) unless set. */
  readonly lingerMs?: number;
  /**
   * `require`: nobody logs in, and no data connection is made, without TLS; `allow`: who asks for it has it; `off`. `allow`
   * where there is a certificate, unless set.
   */
  readonly tls?: TlsPolicy;
  /** Path of the certificate in PEM, with those between it and its authority behind it. Read again at a reload. */
  readonly tlsCertFile?: string;
  /** Path of its key in PEM, without a passphrase. Read again at a reload. */
  readonly tlsKeyFile?: string;
  /** Certificate and key themselves, in place of the two files. */
  readonly tlsPem?: TlsPem;
  /** Control ports, of those listened on, on which TLS begins with the first byte; none unless set. */
  readonly implicitTlsPorts?: readonly number[];
  /**
   * What a data connection is that resumes no TLS session of its control connection: refused with 522 (`require`), told in
   * its record (`log`, the default), or not looked at (`off`, which saves a context for each session).
   */
  readonly tlsReuse?: TlsReuse;
  /**
   * An upload under TLS that ends by a FIN without close_notify: its file may be cut short, so it is refused with 426 unless
   * this is `accept`.
   */
  readonly tlsBareFin?: BareFin;
  /** The operator's own files, such as logs: a warning in the log tells of one that lies in a folder that is served. */
  readonly privateFiles?: readonly string[];
  readonly log?: Logger;
}

export interface FilledServerOptions {
  readonly listen: readonly Endpoint[];
  readonly root: string;
  readonly links: Links;
  readonly binder: BinderName;
  readonly retry: RetrySetting;
  readonly timeUnitMs: number;
  readonly dataPort: number | undefined;
  readonly bindToConnectMs: number;
  readonly authenticate: Authenticate | undefined;
  readonly usersFile: string | undefined;
  readonly anonymous: boolean;
  readonly write: boolean;
  readonly keepPartMs: number;
  readonly syncUploads: boolean;
  readonly fileCalls: FileCallsSetting;
  readonly umask: number | undefined;
  /** The lines of the first 220. */
  readonly greeting: readonly string[];
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  readonly maxBytesPerSecond: number | undefined;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly loginDelayMs: number;
  readonly maxLoginAttempts: number;
  readonly connectTimeoutMs: number;
  readonly acceptTimeoutMs: number;
  readonly passivePorts: PortRange | undefined;
  readonly activeAddress: ActiveAddress;
  readonly passiveAddress: string | undefined;
  readonly connectRetry: RetrySetting;
  readonly stallTimeoutMs: number;
  readonly lingerMs: number;
  readonly tls: TlsPolicy;
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  readonly tlsPem: TlsPem | undefined;
  readonly implicitTlsPorts: readonly number[];
  readonly tlsReuse: TlsReuse;
  readonly tlsBareFin: BareFin;
  readonly privateFiles: readonly string[];
  readonly log: Logger;
}
