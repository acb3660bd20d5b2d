// The server's side of a TLS handshake, waited for within its time.
import type { TLSSocket, TLSSocketOptions } from 'node:tls';
import { errorCodeOf } from '../../errors.ts';
import { abortedError } from '../data/aborted.ts';
import { SealError } from './seal-error.ts';
import type { TlsSessions } from './sessions.ts';

/** RFC 4217 §7: the server is the TLS server on data connections, too, whichever side made them. Clients show no certificate. */
export function serverOptions({ context, keeper }: TlsSessions): TLSSocketOptions {
  return { isServer: true, secureContext: context, server: keeper, requestCert: false };
}

/** Resolves when `tls` is up; else it is destroyed. @throws SealError; an error with `code` ABORTED */
export function shaken(tls: TLSSocket, limitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (problem?: Error) => {
      clearTimeout(timer);
      tls.off('secure', onSecure).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      if (problem === undefined) return resolve();
      tls.destroy();
      reject(problem);
    };
    // In TLS 1.2 it is told within OpenSSL's own work: who ends the connection then has its last flight left unsent.
    const onSecure = () => setImmediate(settle);
    const onError = (error: Error) => settle(failed(reasonOf(error), error));
    const onClose = () => settle(failed('the connection was closed'));
    const onAbort = () => settle(abortedError());
    const timer = setTimeout(
      () => settle(new SealError('TLS_TIMEOUT', `TLS negotiation failed: not done within ${limitMs} ms.`)),
      limitMs,
    );
    tls.once('secure', onSecure).once('error', onError).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function failed(reason: string, cause?: Error): SealError {
  return new SealError('TLS_HANDSHAKE', `TLS negotiation failed on the data connection: ${reason}.`, {
    cause,
  });
}

/** Of OpenSSL's message, which names its source lines, the reason; of a socket's, the errno. */
function reasonOf(error: Error): string {
  const { reason } = error as { reason?: unknown };
  return typeof reason === 'string' ? reason : errorCodeOf(error);
}
