// A server to look at, as a URL: ftp://user@host:port/path, with the password in the environment.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Endpoint, isLoopback } from '../address.ts';
import { PreflightError, UsageError } from '../errors.ts';
import { readFtpUrl } from '../plan/contestants.ts';
import { printable, quoted } from '../quoted.ts';

export interface AddressedServer {
  readonly server: Endpoint;
  readonly user: string;
  readonly password: string;
  readonly path: string | undefined;
}

const DEFAULT_PORT = 21;

/** @throws UsageError for what is no FTP URL, or not on this machine and not said to be owned; PreflightError */
export async function readTarget(text: string, iOwnThisServer: boolean): Promise<AddressedServer> {
  const { url, user, password, path } = readFtpUrl(text);
  const address = await addressOf(url.hostname.replace(/^\[|\]$/g, ''));
  if (!isLoopback(address) && !iOwnThisServer) {
    throw new UsageError(
      `${url.hostname} is not this machine: say --i-own-this-server if it is yours to probe`,
    );
  }
  return {
    server: { address, port: url.port === '' ? DEFAULT_PORT : Number(url.port) },
    user: user === '' ? 'anonymous' : user,
    password: requirePassword(process.env.PORT20_PASSWORD, 'PORT20_PASSWORD') ?? (password || 'port20@'),
    path: path === '' ? undefined : path,
  };
}

/** It is not repeated. @throws UsageError for one that no line of FTP can hold */
export function requirePassword(password: string | undefined, from: string): string | undefined {
  if (password === undefined || password === printable(password)) return password;
  throw new UsageError(`${from}: a password has no control characters, such as a line's end, in it`);
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new PreflightError(`host ${quoted(host)} is not known: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}
