// Connections to Redis or Valkey, and what goes wrong with them in one line.
import { Redis, type RedisOptions } from 'ioredis';
import { errorCodeOf, Port20Error, PreflightError } from '../../errors.ts';
import { RECONNECT_MS, type RedisPlace } from './url.ts';

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

/** Of ioredis and of BullMQ, which have no class for them. */
const OF_THEIR_OWN =
  /^(Command timed out|Connection is closed\.|Stream isn't writeable and enableOfflineQueue|Missing lock for job|Missing key for job)/;
const OF_THE_WAY =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/**
 * An error of Redis or of the way to it, and none of ours: those name what they are of, and what they say of an FTP
 * connection may hold the same words. A signal's reason is called AbortError as an error of ioredis is.
 */
export function isRedisError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Port20Error || error instanceof DOMException)
    return false;
  return (
    /^(ReplyError|MaxRetriesPerRequestError|AbortError)$/.test(error.name) ||
    OF_THEIR_OWN.test(error.message) ||
    OF_THE_WAY.test(errorCodeOf(error))
  );
}
