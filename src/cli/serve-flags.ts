// The flags of `serve`, and the server options that they mean.
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Endpoint } from '../address.ts';
import { type BinderName, DEFAULT_BINDER, type RetrySetting } from '../binder/types.ts';
import { FILE_CALLS, type FileCallsSetting } from '../net/disk-patience.ts';
import { LINKS, type Links } from '../net/tree/types.ts';
import { ACTIVE_ADDRESSES, type ActiveAddress } from '../server/data/active-address.ts';
import type { PortRange } from '../server/data/passive-ports.ts';
import {
  BARE_FINS,
  type BareFin,
  TLS_POLICIES,
  TLS_REUSES,
  type TlsPolicy,
  type TlsReuse,
} from '../server/tls/types.ts';
import { readRate } from '../server/users/users-file.ts';
import {
  listSetting,
  oneOf,
  readBinder,
  readCount,
  readDurationMs,
  readEndpoint,
  readName,
  readPath,
  readPort,
  readPortRange,
  readRetry,
  readTimeoutMs,
  readUmask,
  setting,
  toggle,
} from './flags.ts';
import { headings } from './help.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export interface ServeFlags {
  readonly listen: readonly Endpoint[];
  readonly root: string;
  readonly links: Links;
  readonly binder: BinderName;
  readonly retry?: RetrySetting;
  readonly timeUnit: number;
  readonly bindToConnect: number;
  readonly dataPort?: number;
  readonly workers: number;
  readonly maxSessions?: number;
  readonly maxSessionsPerAddress?: number;
  readonly maxRate?: number;
  readonly loginTimeout: number;
  readonly idleTimeout: number;
  readonly connectTimeout: number;
  readonly acceptTimeout: number;
  readonly activeAddress: ActiveAddress;
  readonly passivePorts?: PortRange;
  readonly passiveAddress?: string;
  readonly connectRetry: RetrySetting;
  readonly stallTimeout: number;
  readonly linger: number;
  readonly users?: string;
  readonly anonymous?: boolean;
  readonly loginDelay: number;
  readonly maxLoginAttempts: number;
  readonly tls?: TlsPolicy;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly implicitTls?: number;
  readonly tlsReuse: TlsReuse;
  readonly tlsBareFin: BareFin;
  readonly write?: boolean;
  readonly keepParts: number;
  readonly syncUploads?: boolean;
  readonly fileCalls: FileCallsSetting;
  readonly umask?: number;
  readonly banner?: string;
  readonly bannerFile?: string;
  readonly grace: number;
  readonly user?: string;
  readonly group?: string;
  readonly check?: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFile?: string;
  readonly xferlog?: string;
  readonly metrics?: Endpoint;
}

/** Numbers are for whoever runs the server: elsewhere than on loopback only when that is said. */
function readMetricsEndpoint(text: string): Endpoint {
  return readEndpoint(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text);
}

/** A flag that is named here nowhere stands under a heading for such. */
const HEADINGS = {
  'Where it listens, and what it serves:': [
    'listen',
    'root',
    'links',
    'write',
    'keep-parts',
    'sync-uploads',
    'file-calls',
    'umask',
  ],
  'Who may log in:': ['users', 'anonymous', 'login-delay', 'max-login-attempts', 'banner', 'banner-file'],
  'How it is sealed:': ['tls', 'tls-cert', 'tls-key', 'implicit-tls', 'tls-reuse', 'tls-bare-fin'],
  'How data connections get their port:': [
    ...[
      'binder',
      'retry',
      'time-unit',
      'bind-to-connect',
      'data-port',
      'active-address',
      'passive-ports',
      'passive-address',
    ],
  ],
  'How long things may take:': [
    ...[
      'login-timeout',
      'idle-timeout',
      'connect-timeout',
      'accept-timeout',
      'connect-retry',
      'stall-timeout',
      'linger',
    ],
  ],
  'How much at once:': ['workers', 'max-sessions', 'max-sessions-per-address', 'max-rate'],
  'How it is run:': ['check', 'user', 'group', 'grace', 'log-level', 'log-file', 'xferlog', 'metrics'],
};

const readActiveAddress = oneOf('active address', ACTIVE_ADDRESSES);
const readTls = oneOf('TLS policy', TLS_POLICIES);
const readTlsReuse = oneOf('way of TLS session reuse', TLS_REUSES);
const readBareFin = oneOf('way with a bare FIN', BARE_FINS);
const readLinks = oneOf('use of links', LINKS);
const readFileCalls = oneOf('way of file calls', FILE_CALLS);

const LISTEN: readonly Endpoint[] = [{ address: '127.0.0.1', port: 2121 }];
const MAX_WORKERS = Math.max(64, availableParallelism());

export function addServeFlags(command: Command): Command {
  command
    .addOption(
      listSetting(
        '--listen <address:port>',
        'control connections; may be given several times, or with commas',
        readEndpoint,
        LISTEN,
      ).default(LISTEN, '127.0.0.1:2121'),
    )
    .addOption(setting('--root <dir>', 'folder to serve', readPath).default('.', 'the current folder'))
    .addOption(
      setting('--links <how>', 'symbolic links: inside the root, refuse, follow', readLinks).default(
        'inside',
      ),
    )
    .addOption(
      setting('--binder <name>', 'how data connections get their port', readBinder).default(DEFAULT_BINDER),
    )
    .addOption(
      setting(
        '--retry <schedule>',
        "bsd, proftpd, vsftpd, none, or waits such as 1,2,3 (default: the binder's)",
        readRetry,
      ),
    )
    .addOption(
      setting('--time-unit <time>', 'length of one second of the schedule', readTimeoutMs).default(
        1000,
        '1s',
      ),
    )
    .addOption(
      setting('--bind-to-connect <time>', 'held between bind and connect', readDurationMs).default(0, '0ms'),
    )
    .addOption(
      setting(
        '--data-port <port>',
        'source port of data connections, for all of --listen (default: the listen port minus one)',
        readPort,
      ),
    )
    .addOption(
      setting(
        '--connect-timeout <time>',
        'how long an active data connection may take to come up',
        readTimeoutMs,
      ).default(10_000, '10s'),
    )
    .addOption(
      setting(
        '--accept-timeout <time>',
        'how long a passive data connection may take to come up',
        readTimeoutMs,
      ).default(10_000, '10s'),
    )
    .addOption(
      setting('--passive-ports <low-high>', 'local ports of passive data connections', readPortRange),
    )
    .addOption(
      setting(
        '--active-address <which>',
        'PORT of another address than its client has: refuse (504), dial the peer, dial what is claimed',
        readActiveAddress,
      ).default('refuse'),
    )
    .addOption(
      setting(
        '--passive-address <address>',
        'IPv4 address that PASV tells, or a name that has one, for a server behind NAT',
        String,
      ),
    )
    .addOption(
      setting(
        '--connect-retry <schedule>',
        'waits before a connect is tried again whose addresses are still in use (EADDRNOTAVAIL)',
        readRetry,
      ).default('none'),
    )
    .addOption(
      setting(
        '--stall-timeout <time>',
        'a transfer of which nothing moves for so long is ended',
        readTimeoutMs,
      ).default(300_000, '5m'),
    )
    .addOption(
      setting(
        '--login-timeout <time>',
        'a session that has not logged in by then is ended',
        readTimeoutMs,
      ).default(60_000, '1m'),
    )
    .addOption(
      setting(
        '--idle-timeout <time>',
        'a session without a command and a transfer for so long is ended',
        readTimeoutMs,
      ).default(900_000, '15m'),
    )
    .addOption(
      setting(
        '--linger <time>',
        "how long 226 waits for the client's FIN behind our own",
        readDurationMs,
      ).default(0, '0ms'),
    )
    .addOption(
      setting('--workers <n>', 'processes that share the ports', readCount(1, MAX_WORKERS)).default(1),
    )
    .addOption(
      setting('--max-sessions <n>', 'sessions at once, over all workers (default: 1000)', readCount(1)),
    )
    .addOption(
      setting(
        '--max-sessions-per-address <n>',
        'sessions of one client address at once (default: a quarter of --max-sessions, but at least 10)',
        readCount(1),
      ),
    )
    .addOption(
      setting(
        '--max-rate <bytes>',
        'bytes a second, each way, of a session whose user has no rate of its own, such as 1MiB',
        readRate,
      ),
    )
    .addOption(
      setting('--users <file>', 'who may log in, with hashes of their passwords: port20 user', readPath),
    )
    .addOption(toggle('--anonymous', 'anonymous users may log in beside those of --users'))
    .addOption(
      setting(
        '--login-delay <time>',
        'after which a refused login is answered, or later where a hash of --users takes longer',
        readDurationMs,
      ).default(1000, '1s'),
    )
    .addOption(
      setting('--max-login-attempts <n>', 'refused logins that end a session', readCount(1)).default(3),
    )
    .addOption(
      setting(
        '--tls <policy>',
        'require: nobody logs in without TLS; allow; off (default: allow with a certificate)',
        readTls,
      ),
    )
    .addOption(setting('--tls-cert <file>', 'certificate in PEM, with its chain behind it', readPath))
    .addOption(setting('--tls-key <file>', 'its key in PEM, without a passphrase', readPath))
    .addOption(
      setting(
        '--implicit-tls <port>',
        'port of --listen on which TLS begins with the first byte, such as 990',
        readPort,
      ),
    )
    .addOption(
      setting(
        '--tls-reuse <how>',
        'data connections that resume no TLS session of their control connection: require (522), log, off',
        readTlsReuse,
      ).default('log'),
    )
    .addOption(
      setting(
        '--tls-bare-fin <how>',
        'uploads under TLS that end without close_notify: refuse (426), accept',
        readBareFin,
      ).default('refuse'),
    )
    .addOption(toggle('--write', 'anonymous users may upload, rename and delete'))
    .addOption(
      setting(
        '--keep-parts <time>',
        'how long what came of a broken upload is kept for its user to go on with',
        readDurationMs,
      ).default(3_600_000, '1h'),
    )
    .addOption(toggle('--sync-uploads', 'uploads are on the disk (fsync) before the client gets its 226'))
    .addOption(
      setting(
        '--file-calls <how>',
        'auto: small writes and renames at once while the disk is quick; pool: by threads',
        readFileCalls,
      ).default('auto'),
    )
    .addOption(
      setting(
        '--umask <octal>',
        "permission bits that new files and folders do not get (default: the process's own)",
        readUmask,
      ),
    )
    .addOption(setting('--banner <text>', 'what the first reply says', String))
    .addOption(setting('--banner-file <file>', 'the same from a file, in several lines', readPath))
    .addOption(
      setting(
        '--grace <time>',
        'how long transfers may go on when the server is told to stop; a worker that hangs is killed 10s later',
        readDurationMs,
      ).default(30_000, '30s'),
    )
    .addOption(setting('--user <name>', 'started as root: become this user, and keep the ports', readName))
    .addOption(setting('--group <name>', "with --user: its group (default: the user's own)", readName))
    .addOption(new Option('--check', 'check all settings, say what would be served, and end'))
    .addOption(
      setting('--log-level <level>', LOG_LEVELS.join(', '), oneOf('log level', LOG_LEVELS)).default('info'),
    )
    .addOption(setting('--log-file <file>', 'where log lines are added (default: standard error)', readPath))
    .addOption(
      setting(
        '--xferlog <file>',
        "where transfers are added in wu-ftpd's format (default: nowhere)",
        readPath,
      ),
    )
    .addOption(
      setting(
        '--metrics <address:port>',
        'serve /metrics and /healthz there; a port alone is on 127.0.0.1 (default: off)',
        readMetricsEndpoint,
      ),
    );
  return headings(command, HEADINGS);
}
