// The options of the server that the flags of `serve` mean.
import { closeSync, openSync, readSync } from 'node:fs';
import { errorCodeOf, UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import type { ServerOptions } from '../server/options.ts';
import type { ServeFlags } from './serve-flags.ts';

/** @throws UsageError for a banner that cannot be read */
export function optionsOf(flags: ServeFlags): Omit<ServerOptions, 'log'> {
  return {
    listen: flags.listen,
    root: flags.root,
    links: flags.links,
    binder: flags.binder,
    timeUnitMs: flags.timeUnit,
    bindToConnectMs: flags.bindToConnect,
    loginDelayMs: flags.loginDelay,
    maxLoginAttempts: flags.maxLoginAttempts,
    write: flags.write === true,
    keepPartMs: flags.keepParts,
    syncUploads: flags.syncUploads === true,
    fileCalls: flags.fileCalls,
    connectTimeoutMs: flags.connectTimeout,
    acceptTimeoutMs: flags.acceptTimeout,
    loginTimeoutMs: flags.loginTimeout,
    idleTimeoutMs: flags.idleTimeout,
    activeAddress: flags.activeAddress,
    connectRetry: flags.connectRetry,
    stallTimeoutMs: flags.stallTimeout,
    lingerMs: flags.linger,
    privateFiles: [flags.logFile, flags.xferlog].filter((file) => file !== undefined),
    ...(flags.maxSessions !== undefined && { maxSessions: flags.maxSessions }),
    ...(flags.maxSessionsPerAddress !== undefined && { maxSessionsPerAddress: flags.maxSessionsPerAddress }),
    ...(flags.maxRate !== undefined && { maxBytesPerSecond: flags.maxRate }),
    ...(flags.passivePorts !== undefined && { passivePorts: flags.passivePorts }),
    ...(flags.passiveAddress !== undefined && { passiveAddress: flags.passiveAddress }),
    ...(flags.tls !== undefined && { tls: flags.tls }),
    ...(flags.tlsCert !== undefined && { tlsCertFile: flags.tlsCert }),
    ...(flags.tlsKey !== undefined && { tlsKeyFile: flags.tlsKey }),
    ...(flags.implicitTls !== undefined && { implicitTlsPorts: [flags.implicitTls] }),
    tlsReuse: flags.tlsReuse,
    tlsBareFin: flags.tlsBareFin,
    ...(flags.umask !== undefined && { umask: flags.umask }),
    ...bannerOf(flags),
    ...(flags.users !== undefined && { usersFile: flags.users }),
    ...(flags.anonymous === true && { anonymous: true }),
    ...(flags.retry !== undefined && { retry: flags.retry }),
    ...(flags.dataPort !== undefined && { dataPort: flags.dataPort }),
  };
}

/** @throws UsageError for a file that cannot be read or is no text, and for both flags at once */
function bannerOf({ banner, bannerFile }: ServeFlags): { readonly banner?: string } {
  if (bannerFile === undefined) return banner === undefined ? {} : { banner };
  if (banner !== undefined) throw new UsageError('--banner and --banner-file say the same: use one of them');
  return { banner: textOf(beginningOf(bannerFile), bannerFile) };
}

/** More than a banner may have, so that one that is too long is told; of what never ends no more is read. */
const BANNER_BYTES = 8192;

function beginningOf(file: string): Buffer {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(BANNER_BYTES);
      return bytes.subarray(0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new UsageError(`--banner-file ${quoted(file)} cannot be read: ${errorCodeOf(cause)}`, { cause });
  }
}

/** Of the beginning of a text: its last character may be cut. @throws UsageError */
function textOf(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch (cause) {
    throw new UsageError(`--banner-file ${quoted(file)} cannot be read: it is not text in UTF-8`, { cause });
  }
}
