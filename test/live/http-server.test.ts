// The end of the listening socket: nobody who does not read, or does not ask, can put it off.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { closeHttp, type HttpServer, listenHttp } from '../../src/live/http-server.ts';
import { destroyed, ownAddress } from '../support/loopback.ts';
import { ask, until } from './watching.ts';

const listen = (handle: (response: ServerResponse) => void): Promise<HttpServer> =>
  listenHttp({ address: ownAddress(), port: 0 }, (_, response) => handle(response));

function clientOf({ url }: HttpServer): Socket {
  const { hostname, port } = new URL(url);
  return connect({ host: hostname, port: Number(port) });
}

describe('closing', () => {
  it('waits for what is being sent to somebody who reads', async () => {
    const body = 'x'.repeat(8 << 20);
    const server = await listen((response) => void response.end(body));
    const asked = ask(server.url);
    await once(server.http, 'request');
    await closeHttp(server, 60_000);
    expect((await asked).body.length).toBe(body.length);
  });

  it('does not wait for a connection without a request, as browsers keep them', async () => {
    const server = await listen((response) => void response.end());
    const client = clientOf(server);
    await once(server.http, 'connection');
    await Promise.all([closeHttp(server, 60_000), once(client, 'close')]);
    expect(server.open.size).toBe(0);
  });

  it('does not wait long for a response that nobody reads', async () => {
    const server = await listen((response) => void response.end(Buffer.alloc(64 << 20)));
    const client = clientOf(server).pause();
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(server.http, 'request');
    expect(server.open.size).toBe(1);
    await closeHttp(server, 1);
    await until(() => server.open.size === 0);
    await destroyed(client);
  });
});

it('a client that goes away in the middle of a response does no harm', async () => {
  let left: Promise<unknown> = Promise.resolve();
  const server = await listen((response) => {
    left = once(response, 'close');
    response.write(Buffer.alloc(16 << 20));
  });
  const client = clientOf(server).pause();
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(server.http, 'request');
  await destroyed(client);
  await left;
  await closeHttp(server);
});

it('a page that cannot be made does no harm', async () => {
  const server = await listen(() => {
    throw new RangeError('Invalid string length');
  });
  await expect(ask(server.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await closeHttp(server);
});
