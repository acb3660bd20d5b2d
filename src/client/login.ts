// A login that failed: why no session came about.
import { formatEndpoint } from '../address.ts';
import { Port20Error } from '../errors.ts';
import type { TransferFailure } from './transfer-failure.ts';
import type { SessionOptions } from './types.ts';

/** No session came about; `failure` says why in the vocabulary of a transfer's end. */
export class LoginError extends Port20Error {
  override readonly name = 'LoginError';
  readonly failure: TransferFailure;
  constructor(
    { server, localAddress }: SessionOptions,
    reason: string,
    failure: TransferFailure,
    options?: ErrorOptions,
  ) {
    super('ERR_LOGIN', `can't log in to ${formatEndpoint(server)} from ${localAddress}: ${reason}`, options);
    this.failure = failure;
  }
}
