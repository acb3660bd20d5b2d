// Connections to Redis or Valkey: from a URL, with a password and TLS where it says so, and errors in one line.
import { Redis, type RedisOptions } from 'ioredis';
import { errorCodeOf, PreflightError, UsageError } from '../../errors.ts';
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
    readonly tls?: { readonly servername: string };
    readonly connectTimeout: number;
    readonly maxRetriesPerRequest: null;
    readonly retryStrategy: () => number;
  };
}

const DEFAULT_PORT = 6379;
const CONNECT_MS = 5000;
const RECONNECT_MS = 500;

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
  return {
    name: `${url.protocol}//${url.hostname}:${port}`,
    options: {
      ...{ host, port, db: Number(db), connectTimeout: CONNECT_MS, maxRetriesPerRequest: null },
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
      // Certificates of one's own: NODE_EXTRA_CA_CERTS.
      ...(url.protocol === 'rediss:' && { tls: { servername: host } }),
      retryStrategy: () => RECONNECT_MS,
    },
  };
}

/**
 * @param answerMs what a command may take before it is rejected, and what the first connection may take. Of a connection
 * that waits for messages: no limit
 * @throws PreflightError that says why there is none
 */
export async function connect(
  place: RedisPlace,
  { answerMs }: { readonly answerMs: number | 'any' },
): Promise<Redis> {
  let isFirst = true;
  const options = {
    ...place.options,
    lazyConnect: true,
    ...(answerMs !== 'any' && { commandTimeout: answerMs }),
    // The first is tried once; one that is lost is found again.
    retryStrategy: () => (isFirst ? null : RECONNECT_MS),
  } satisfies RedisOptions;
  const redis = new Redis(options);
  let last: Error | undefined;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (cause) {
    redis.disconnect();
    const told = last ?? cause;
    throw new PreflightError(`Redis at ${place.name}: ${redisErrorInWords(told)}`, { cause: told });
  }
  isFirst = false;
  return redis;
}

/** One line, without the command, in which there may be what a password protects. */
export function redisErrorInWords(error: unknown): string {
  const { message = '' } = error as Error;
  if (/^NOAUTH|NOAUTH/.test(message)) return 'it wants a password: redis://:password@host';
  if (/WRONGPASS|invalid password/.test(message)) return 'it refuses the password';
  if (isFull(error)) return 'it has no memory left (maxmemory)';
  if (/^LOADING/.test(message)) return 'it is still loading its data';
  if (/Command timed out|ETIMEDOUT/.test(message)) return 'it does not answer';
  const code = errorCodeOf(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return `its certificate is not accepted (${code}): name its authority in NODE_EXTRA_CA_CERTS`;
  }
  if (code === 'EPROTO' || /wrong version number/.test(message)) return 'it does not speak TLS: use redis://';
  return code === 'UNKNOWN' ? (message.split('\n')[0] ?? '') : code;
}

export function isFull(error: unknown): boolean {
  return /\bOOM\b/.test((error as Error).message ?? '');
}

/** An error of Redis or of the way to it, and none of ours. */
export function isRedisError(error: unknown): boolean {
  const { name = '', message = '' } = (error ?? {}) as Error;
  return (
    /^(ReplyError|MaxRetriesPerRequestError|AbortError)$/.test(name) ||
    /Command timed out|Connection is closed|Stream isn't writeable|Missing lock|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.test(
      message,
    )
  );
}
