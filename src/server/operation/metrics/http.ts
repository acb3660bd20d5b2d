// /metrics and /healthz on an address of their own: two answers, GET and HEAD, and nothing that a client can hold up.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Endpoint } from '../../../address.ts';
import { PreflightError } from '../../../errors.ts';
import { listenError } from '../../control/listening.ts';

export interface Served {
  /** Prometheus' text format 0.0.4. */
  metrics(): Promise<string>;
  /** Why nobody is served; undefined while somebody is. */
  problem(): string | undefined;
}

export interface MetricsServer {
  readonly address: Endpoint;
  close(): Promise<void>;
}

/** Prometheus has one, and a person perhaps another: with more, the one that has asked nothing longest makes room. */
const MOST_CONNECTIONS = 32;
const REQUEST_WITHIN_MS = 5000;
/** A reader that takes nothing for so long is gone. */
const SILENCE_MS = 10_000;

/** Does not keep the process alive. @throws PreflightError for an address that cannot be had */
export async function serveMetrics(wanted: Endpoint, served: Served): Promise<MetricsServer> {
  const options = {
    headersTimeout: REQUEST_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: 1000,
  };
  const server = createServer(options, (request, response) => void answer(request, response, served));
  server.setTimeout(SILENCE_MS); // the socket is destroyed
  makeRoom(server);
  await listen(server, wanted);
  server.on('error', () => {}); // one failed accept is not the service's business
  const { port } = server.address() as AddressInfo;
  return {
    address: { address: wanted.address, port },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Connections that ask nothing, however many, keep nobody from asking; answers that are not read in time end by SILENCE_MS. */
function makeRoom(server: Server): void {
  const asking = new Set<Socket>();
  /** Longest first. */
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    socket.unref();
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    if (silent.size + asking.size <= MOST_CONNECTIONS) return;
    const [longest] = silent;
    longest?.destroy();
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    silent.delete(socket);
    asking.add(socket);
    response.once('close', () => {
      asking.delete(socket);
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

async function listen(server: Server, wanted: Endpoint): Promise<void> {
  try {
    await once(server.listen({ host: wanted.address, port: wanted.port }).unref(), 'listening');
  } catch (cause) {
    throw new PreflightError(`metrics cannot be served: ${listenError(cause, wanted).message}`, { cause });
  }
}

const PLAIN = 'text/plain; charset=utf-8';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  request.resume();
  response.on('error', () => {}); // whoever asked is gone
  const send = (status: number, type: string, text: string) => {
    const head = {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    };
    response.writeHead(status, head).end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(405, PLAIN, 'GET or HEAD only\n');
  }
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return served.metrics().then(
        (text) => send(200, PROMETHEUS, text),
        (error: Error) => send(500, PLAIN, `${error.message}\n`),
      );
    case '/healthz': {
      const problem = served.problem();
      return problem === undefined ? send(200, PLAIN, 'ok\n') : send(503, PLAIN, `${problem}\n`);
    }
    default:
      return send(404, PLAIN, 'there are /metrics and /healthz\n');
  }
}
