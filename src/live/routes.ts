// What is served: the page, its script, its events, and the result so far. Everything else is refused.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../address.ts';
import { SCRIPT } from './script.ts';

export interface Served {
  readonly page: () => string;
  /** Undefined before the first block is over. */
  readonly resultJson: () => string | undefined;
  /** `response`: with its head written; `have`: what the page holds, empty where it does not say. */
  readonly watch: (response: ServerResponse, have: string) => void;
}

/** The page's own script and its own events, and nothing from anywhere else (CSP Level 3). */
const POLICY = [
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // Other sites may not even embed it; and without CORS headers they cannot read it.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  // A connection that is kept for later would have to be waited for, or cut, at the end of the run.
  Connection: 'close',
};

export function createHandler(served: Served): RequestListener {
  return (request, response) => {
    if (!isLoopbackHost(request.headers.host)) {
      // A name of another site may lead here, and its scripts would be at home then: DNS rebinding. RFC 9110 §15.5.20.
      return sendText(response, 421, 'This page answers to localhost and to loopback addresses only.');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD'); // RFC 9110 §15.5.6
      return sendText(response, 405, 'Only GET and HEAD are served.');
    }
    const [path, query] = (request.url ?? '').split('?', 2);
    switch (path) {
      case '/':
        return send(response, 200, 'text/html; charset=utf-8', served.page());
      case '/live.js':
        return send(response, 200, 'text/javascript; charset=utf-8', SCRIPT);
      case '/events':
        return watch(served, request, response, query);
      case '/result.json':
        return sendResult(response, served.resultJson());
      default:
        return sendText(response, 404, 'Nothing is here: see / and /result.json');
    }
  };
}

/** Any port: the page may be watched through a tunnel. */
export function isLoopbackHost(host: string | undefined): boolean {
  const [, v6, name = ''] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host ?? '') ?? [];
  const literal = v6 ?? name;
  return name.toLowerCase() === 'localhost' || (isIP(literal) > 0 && isLoopback(literal));
}

function watch(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
  query: string | undefined,
): void {
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
  if (request.method === 'HEAD') return void response.end();
  response.flushHeaders();
  // A page that connects again says what it got last; a new one what it was made with.
  const again = request.headers['last-event-id'];
  const have = new URLSearchParams(query).get('have') ?? '';
  served.watch(response, typeof again === 'string' ? again : have);
}

function sendResult(response: ServerResponse, json: string | undefined): void {
  if (json === undefined) sendText(response, 404, 'No block is over yet: there is no result.');
  else send(response, 200, 'application/json', json);
}

function sendText(response: ServerResponse, status: number, line: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${line}\n`);
}

/** Node leaves the body out where HEAD was asked for. */
function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
