// The certificate and the key that a server shows: read from files, tried together, and what their operator is to hear.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { errorCodeOf, UsageError } from '../../errors.ts';
import { quoted } from '../../quoted.ts';
import type { FilledServerOptions } from '../options.ts';
import { createContext } from './context.ts';
import type { TlsPem } from './types.ts';

/** A chain of some certificates; whatever is larger is another file. */
const MOST_BYTES = 256 * 1024;

export interface TlsMaterial {
  readonly pem: TlsPem;
  /** Until when the certificate is good, as it says itself. */
  readonly validTo: string;
  /** A line each. */
  readonly warnings: readonly string[];
}

type Asked = Pick<FilledServerOptions, 'tls' | 'tlsPem' | 'tlsCertFile' | 'tlsKeyFile'>;

/**
 * Undefined where TLS is off. Files are read at each call, so that a reload finds what a renewal has written.
 * @throws UsageError that names the file and what is wrong with it
 */
export async function prepareTls(options: Asked): Promise<TlsMaterial | undefined> {
  const { tls, tlsPem, tlsCertFile, tlsKeyFile } = options;
  if (tls === 'off') return undefined;
  if (tlsPem !== undefined) return tried(tlsPem, 'tlsPem', 'tlsPem', []);
  const [certName, keyName] = [`certificate file ${quoted(tlsCertFile ?? '')}`, keyNameOf(tlsKeyFile)];
  const cert = await textOf(tlsCertFile ?? '', certName);
  const key = await textOf(tlsKeyFile ?? '', keyName);
  return tried({ cert: cert.text, key: key.text }, certName, keyName, warningsOf(key.mode, keyName));
}

function keyNameOf(file: string | undefined): string {
  return `key file ${quoted(file ?? '')}`;
}

function tried(pem: TlsPem, certName: string, keyName: string, warnings: readonly string[]): TlsMaterial {
  const certificate = certificateOf(pem.cert, certName);
  if (!certificate.checkPrivateKey(privateKeyOf(pem.key, keyName))) {
    throw new UsageError(`${keyName} is not the key of ${certName}: name the two that belong together`);
  }
  try {
    createContext(pem);
  } catch (cause) {
    throw new UsageError(`${certName} cannot be used: ${(cause as Error).message}`, { cause });
  }
  const { validTo } = certificate;
  const expired = Date.parse(validTo) < Date.now();
  const old = expired ? [`${certName}: expired on ${validTo}, clients will refuse it`] : [];
  return { pem, validTo, warnings: [...warnings, ...old] };
}

function certificateOf(text: string, name: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new UsageError(`${name} has no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----`, {
      cause,
    });
  }
}

function privateKeyOf(text: string, name: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const locked = errorCodeOf(cause) === 'ERR_MISSING_PASSPHRASE' || text.includes('ENCRYPTED PRIVATE KEY');
    const reason = locked
      ? 'is locked by a passphrase, and nobody is there to type it: write it without one'
      : 'has no private key in PEM: it begins with -----BEGIN PRIVATE KEY-----';
    throw new UsageError(`${name} ${reason}`, { cause });
  }
}

/** The key lets its reader be this server. */
function warningsOf(mode: number, name: string): readonly string[] {
  return (mode & 0o007) === 0 ? [] : [`${name} is open to everybody on this machine: chmod o= it`];
}

async function textOf(path: string, name: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const file = await open(path);
    try {
      const { size, mode } = await file.stat();
      if (size > MOST_BYTES) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
      return { text: await file.readFile('latin1'), mode };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UsageError(`${name} cannot be read: ${errorCodeOf(cause)}`, { cause });
  }
}
