// Who is answered, and with what headers: only this machine, only what is there.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHandler, isLoopbackHost } from '../../src/live/routes.ts';
import { ownAddress } from '../support/loopback.ts';
import { ask } from './watching.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  const handler = createHandler({
    page: () => '<!doctype html>ä',
    resultJson: () => undefined,
    watch: (response, have) => response.end(`event: have\ndata: "${have}"\n\n`),
  });
  server = createServer(handler);
  const address = ownAddress();
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  url = `http://${address}:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('a request', () => {
  it.each(['/', '/?anything', '/live.js', '/events'])('of %s is answered', async (path) => {
    const { status, headers } = await ask(`${url}${path}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      connection: 'close',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each(['/report', '/favicon.ico', '/../etc/passwd', '//', '/events/', '/result.json'])(
    'of %s finds nothing',
    async (path) => {
      const { status, body } = await ask(`${url}${path}`);
      expect(status).toBe(404);
      expect(body).toMatch(/^[A-Z].*\n$/);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('by %s is refused', async (method) => {
    expect(await ask(url, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it.each(['/', '/live.js', '/events'])('by HEAD of %s has no body', async (path) => {
    const [got, headed] = [await ask(`${url}${path}`), await ask(`${url}${path}`, { method: 'HEAD' })];
    expect(headed).toMatchObject({ status: 200, body: '' });
    expect(headed.headers['content-length']).toBe(got.headers['content-length']);
    expect(headed.headers['content-type']).toBe(got.headers['content-type']);
  });

  it('may run its own script and ask its own server, and nothing else', async () => {
    const { headers } = await ask(url);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('under the name of another site is refused', async () => {
    expect(await ask(url, { headers: { Host: 'rebound.example:8020' } })).toMatchObject({
      status: 421,
      body: 'This page answers to localhost and to loopback addresses only.\n',
    });
  });
});

describe('a stream', () => {
  it('begins where the page says', async () => {
    expect((await ask(`${url}/events?have=a.1`)).body).toContain('"a.1"');
  });

  it('goes on where it broke off', async () => {
    const { body } = await ask(`${url}/events?have=a.1`, { headers: { 'Last-Event-ID': 'a.7' } });
    expect(body).toContain('"a.7"');
  });
});

it('the script is one', async () => {
  const { body, headers } = await ask(`${url}/live.js`);
  expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(() => new Script(body)).not.toThrow();
});

describe('a Host', () => {
  const own = [
    'localhost',
    'LocalHost:80',
    '127.0.0.1',
    '127.0.0.1:8020',
    '127.3.2.1:1',
    '[::1]',
    '[::1]:8020',
  ];
  const others = ['', 'example.org', '127.0.0.1.example.org', '127.example.org:80', 'localhost.example.org'];
  const odd = [
    '10.0.0.1:8020',
    '[::]:80',
    '0.0.0.0',
    'localhost:80@example.org',
    '[fe80::1]',
    '127.1',
    ':8020',
  ];

  it.each(own)('%s is this machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([...others, ...odd])("'%s' is not", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });

  it('must be there', () => {
    expect(isLoopbackHost(undefined)).toBe(false);
  });
});
