// Settings of TLS that cannot be, or would have no effect.
import { UsageError } from '../../errors.ts';
import type { FilledServerOptions } from '../options.ts';
import { BARE_FINS, TLS_POLICIES, TLS_REUSES } from './types.ts';

/** @throws UsageError that names the setting and the way out */
export function checkTls(options: FilledServerOptions): void {
  const { tls, tlsReuse, tlsBareFin } = options;
  checkWord('tls', tls, TLS_POLICIES);
  checkWord('tlsReuse', tlsReuse, TLS_REUSES);
  checkWord('tlsBareFin', tlsBareFin, BARE_FINS);
  checkCertificate(options);
  checkImplicit(options);
}

function checkWord(name: string, word: string, words: readonly string[]): void {
  if (!words.includes(word)) throw new UsageError(`unknown ${name} '${word}': use ${words.join(', ')}`);
}

function checkCertificate({ tls, tlsPem, tlsCertFile, tlsKeyFile }: FilledServerOptions): void {
  const files = [tlsCertFile, tlsKeyFile].filter((file) => file !== undefined).length;
  if (tlsPem !== undefined && files > 0) {
    throw new UsageError('tlsPem and the files tlsCertFile and tlsKeyFile say the same: use one of them');
  }
  if (files === 1) {
    const missing = tlsCertFile === undefined ? 'a certificate (tls-cert)' : 'a key (tls-key)';
    throw new UsageError(`TLS needs ${missing}, too: both files, in PEM`);
  }
  if (tls !== 'off' && files === 0 && tlsPem === undefined) {
    throw new UsageError(`tls ${tls} needs a certificate and its key: tls-cert and tls-key`);
  }
}

function checkImplicit({ tls, implicitTlsPorts, listen }: FilledServerOptions): void {
  if (implicitTlsPorts.length === 0) return;
  if (tls === 'off')
    throw new UsageError('implicit TLS needs a certificate and its key: tls-cert and tls-key');
  const stray = implicitTlsPorts.find((port) => !listen.some((one) => one.port === port));
  if (stray === undefined) return;
  throw new UsageError(`implicit TLS on port ${stray}, which is not listened on: name it in listen, too`);
}
