// Opens a control connection from an address of its own and logs in.
import { connect } from 'node:net';
import { type Client, FTPError } from 'basic-ftp';
import { formatEndpoint } from '../address.ts';
import { Port20Error } from '../errors.ts';
import { classifyFailure, type TransferFailure } from './classify.ts';
import type { SessionOptions } from './types.ts';

/** No session came about; `failure` says why in the vocabulary of a transfer's end. */
export class LoginError extends Port20Error {
  override readonly name = 'LoginError';
  readonly failure: TransferFailure;
  constructor(message: string, failure: TransferFailure, options?: ErrorOptions) {
    super('ERR_LOGIN', message, options);
    this.failure = failure;
  }
}

/** @throws LoginError; the client is closed then */
export async function logIn(client: Client, options: SessionOptions): Promise<void> {
  const { server, localAddress, user, password } = options;
  try {
    // basic-ftp cannot set a local address; a control socket made here becomes its own by assignment.
    client.ftp.socket = connect({ host: server.address, port: server.port, localAddress, noDelay: true });
    await welcomed(client);
    await client.login(user, password);
    await client.send('TYPE I');
  } catch (cause) {
    client.close();
    throw loginError(options, cause);
  }
}

/** Waits for the 220. A 120 (ready in nnn minutes) is a refusal to a client that will not wait. */
function welcomed({ ftp }: Client): Promise<void> {
  return ftp.handle(undefined, (reply, task) => {
    if (reply instanceof Error) task.reject(reply);
    else if (reply.code >= 200 && reply.code < 300) task.resolve(undefined);
    else task.reject(new FTPError(reply));
  });
}

function loginError({ server, localAddress }: SessionOptions, cause: unknown): LoginError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `can't log in to ${formatEndpoint(server)} from ${localAddress}: ${reason}`;
  return new LoginError(message, classifyFailure(cause, 'login'), { cause });
}
