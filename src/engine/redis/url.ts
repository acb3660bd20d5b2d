// Where a Redis or Valkey is, from a URL: with a password and TLS where it says so.
import { isIP } from 'node:net';
import { UsageError } from '../../errors.ts';
import { quoted } from '../../quoted.ts';

export interface RedisPlace {
  /** Without the password: what messages call it. */
  readonly name: string;
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: { readonly servername?: string };
    readonly connectTimeout: number;
    readonly maxRetriesPerRequest: null;
    readonly retryStrategy: () => number;
  };
}

export const RECONNECT_MS = 500;
const DEFAULT_PORT = 6379;
const CONNECT_MS = 5000;

/** @throws UsageError for what is no `redis://` or `rediss://` URL; the text is not repeated, for a password may be in it */
export function readRedisUrl(text: string): RedisPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new UsageError('not a URL such as redis://127.0.0.1:6379, or rediss://:password@host:6379 for TLS');
  }
  const db = url.pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(db))
    throw new UsageError(`${quoted(db)} is not the number of a database: leave it out`);
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const [username, password] = [decoded(url.username), decoded(url.password)];
  return {
    name: `${url.protocol}//${url.hostname}:${port}`,
    options: {
      ...{ host, port, db: Number(db), connectTimeout: CONNECT_MS, maxRetriesPerRequest: null },
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
      // Certificates of one's own: NODE_EXTRA_CA_CERTS. RFC 6066 3: an address is no server name.
      ...(url.protocol === 'rediss:' && { tls: isIP(host) === 0 ? { servername: host } : {} }),
      retryStrategy: () => RECONNECT_MS,
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UsageError(
      'its user or password cannot be read: behind each % two hex digits, of UTF-8, are needed: %25 is the sign itself',
    );
  }
}
