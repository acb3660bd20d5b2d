// A login that failed: why no session came about.
import { formatEndpoint } from '../address.ts';
import { Port20Error } from '../errors.ts';
import type { TransferFailure } from './transfer-failure.ts';
import type { SessionOptions } from './types.ts';

/**
 * No session came about; `failure` says why in the vocabulary of a transfer's end. The reason may be a reply of several
 * lines (RFC 959 §4.2), the message is one.
 */
export class LoginError extends Port20Error {
  override readonly name = 'LoginError';
  readonly failure: TransferFailure;
  constructor(
    { server, localAddress }: SessionOptions,
    reason: string,
    failure: TransferFailure,
    options?: ErrorOptions,
  ) {
    const inOneLine = reason.trim().replace(/\s*[\r\n]\s*/g, ' ');
    super(
      'ERR_LOGIN',
      `can't log in to ${formatEndpoint(server)} from ${localAddress}: ${inOneLine}`,
      options,
    );
    this.failure = failure;
  }
}
