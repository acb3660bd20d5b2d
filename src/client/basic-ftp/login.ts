// Has basic-ftp open a control connection from an address of its own and log in.
import { connect } from 'node:net';
import { type Client, FTPError } from 'basic-ftp';
import { LoginError } from '../login.ts';
import type { SessionOptions } from '../types.ts';
import { deliverWholeReplies } from '../whole-replies.ts';
import { classifyFailure } from './classify.ts';

/** @throws LoginError; the client is closed then */
export async function logIn(client: Client, options: SessionOptions): Promise<void> {
  const { server, localAddress, user, password, tls = 'off' } = options;
  try {
    // basic-ftp cannot set a local address; a control socket made here becomes its own by assignment.
    client.ftp.socket = connect({ host: server.address, port: server.port, localAddress, noDelay: true });
    deliverWholeReplies(client.ftp);
    await welcomed(client);
    if (tls === 'explicit') await client.useTLS({ rejectUnauthorized: false });
    await client.login(user, password);
    if (tls === 'explicit') await protectData(client);
    await client.send('TYPE I');
  } catch (cause) {
    client.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoginError(options, reason, classifyFailure(cause, 'login'), { cause });
  }
}

/** RFC 4217 §8, §9. */
async function protectData(client: Client): Promise<void> {
  await client.send('PBSZ 0');
  await client.send('PROT P');
}

/** Waits for the 220. A 120 (ready in nnn minutes) is a refusal to a client that will not wait. */
function welcomed({ ftp }: Client): Promise<void> {
  return ftp.handle(undefined, (reply, task) => {
    if (reply instanceof Error) task.reject(reply);
    else if (reply.code >= 200 && reply.code < 300) task.resolve(undefined);
    else task.reject(new FTPError(reply));
  });
}
