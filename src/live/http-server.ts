// The listening socket: on loopback alone, with one clear line when it cannot be had, and gone when it is closed.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Endpoint, formatEndpoint, isLoopback } from '../address.ts';
import { UsageError } from '../errors.ts';
import { listenError } from '../server/control/listening.ts';

export interface HttpServer {
  readonly http: Server;
  readonly url: string;
  /** Responses that were not sent to their end yet. */
  readonly open: ReadonlySet<ServerResponse>;
}

/** Far more pages than anybody opens; each costs the run a little. */
const MOST_CONNECTIONS = 100;
/** A page that does not read must not keep a run from ending. */
const GRACE_MS = 1000;

/** @throws UsageError, PreflightError */
export async function listenHttp(listen: Endpoint, handle: RequestListener): Promise<HttpServer> {
  requireLoopback(listen);
  const open = new Set<ServerResponse>();
  const http = createServer((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    // What is written to a page that has just gone is lost, and that is all.
    response.on('error', () => {});
    try {
      handle(request, response);
    } catch {
      response.destroy(); // whatever is wrong with a page, the run goes on
    }
  });
  http.maxConnections = MOST_CONNECTIONS;
  try {
    await once(http.listen({ host: listen.address, port: listen.port }), 'listening');
  } catch (error) {
    throw listenError(error, listen);
  }
  http.on('error', () => {}); // one failed accept is not the run's business
  const { port } = http.address() as AddressInfo;
  return { http, url: `http://${formatEndpoint({ ...listen, port })}/`, open };
}

/** The page has no password, and a run is nobody else's business. */
function requireLoopback({ address, port }: Endpoint): void {
  if (isLoopback(address)) return;
  throw new UsageError(
    `the dashboard listens on loopback only, not on ${address}: take 127.0.0.1:${port}, and watch it from elsewhere through ssh -L ${port}:127.0.0.1:${port}`,
  );
}

/** Lets what was written reach those who read it, for a moment at most. */
export async function closeHttp({ http, open }: HttpServer, graceMs = GRACE_MS): Promise<void> {
  // Not http.close() yet: it destroys connections whose response was ended, whether or not all of it was sent.
  http.on('connection', (socket) => socket.destroy());
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.all([...open].map(over)), grace]);
  clearTimeout(timer);
  const closed = once(http, 'close');
  http.close();
  http.closeAllConnections();
  await closed;
}

function over(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}
