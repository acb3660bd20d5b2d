// A server to look at, as a URL: ftp://user@host:port/path, with the password in the environment.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Endpoint, isLoopback } from '../address.ts';
import { PreflightError, UsageError } from '../errors.ts';

export interface AddressedServer {
  readonly server: Endpoint;
  readonly user: string;
  readonly password: string;
  readonly path: string | undefined;
}

const DEFAULT_PORT = 21;

/** @throws UsageError for what is no FTP URL, or not on this machine and not said to be owned; PreflightError */
export async function readTarget(text: string, iOwnThisServer: boolean): Promise<AddressedServer> {
  const url = parseUrl(text);
  const address = await addressOf(url.hostname.replace(/^\[|\]$/g, ''));
  if (!isLoopback(address) && !iOwnThisServer) {
    throw new UsageError(
      `${url.hostname} is not this machine: say --i-own-this-server if it is yours to probe`,
    );
  }
  const path = decodeURIComponent(url.pathname).replace(/^\//, '');
  return {
    server: { address, port: url.port === '' ? DEFAULT_PORT : Number(url.port) },
    user: url.username === '' ? 'anonymous' : decodeURIComponent(url.username),
    password: process.env.PORT20_PASSWORD ?? (decodeURIComponent(url.password) || 'port20@'),
    path: path === '' ? undefined : path,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'ftp:' && url.hostname !== '') return url;
  throw new UsageError(`'${text}' is not a server such as ftp://127.0.0.1:2121 or ftp://user@host`);
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new PreflightError(`host '${host}' is not known: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}
