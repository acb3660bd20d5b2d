// Streams to pages: a page that does not read costs one message, and without a page nothing runs.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createEventStream } from '../../src/live/event-stream.ts';
import { eventMessage } from '../../src/live/messages.ts';
import { createStreams } from '../../src/live/streams.ts';
import { destroyed, ownAddress } from '../support/loopback.ts';
import { until, watch } from './watching.ts';

let server: Server;
let address: string;
let port: number;
const opened: Socket[] = [];

beforeEach(async () => {
  address = ownAddress();
  server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const socket of opened.splice(0)) if (!socket.closed) await destroyed(socket);
  await new Promise((resolve) => server.close(resolve));
});

/** A page that has asked, and does not read. */
async function slowPage(): Promise<{ readonly page: Socket; readonly response: ServerResponse }> {
  const page = connect({ host: address, port }).pause();
  opened.push(page);
  page.write(`GET / HTTP/1.1\r\nHost: ${address}\r\n\r\n`);
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  response.writeHead(200, { Connection: 'close' });
  return { page, response };
}

async function textUpTo(page: Socket, end: string): Promise<string> {
  let text = '';
  page.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  page.resume();
  await until(() => text.includes(end));
  return text;
}

const MEBIBYTE = 1 << 20;
const large = (number: number) => eventMessage('report', { number, filling: 'x'.repeat(MEBIBYTE) });

describe('a page that does not read', () => {
  it('costs one message, however many there were, and gets the newest in the end', async () => {
    const { page, response } = await slowPage();
    const stream = createEventStream(response);
    const messages = 60;
    let most = 0;
    for (let number = 1; number <= messages; number += 1) {
      stream.send(large(number));
      stream.send(eventMessage('progress', { number }));
      most = Math.max(most, response.writableLength);
      await setImmediate();
    }
    expect(most).toBeLessThan(1.2 * MEBIBYTE);
    const text = await textUpTo(page, `data: {"number":${messages}}`);
    const numbers = [...text.matchAll(/"number":(\d+),/g)].map(([, digits]) => Number(digits));
    expect(numbers.at(-1)).toBe(messages);
    expect(numbers.length).toBeLessThan(messages);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    response.end();
  });

  it('gets no heartbeat on top', async () => {
    const { page, response } = await slowPage();
    const stream = createEventStream(response);
    while (!response.writableNeedDrain) stream.send(large(1));
    const buffered = response.writableLength;
    for (let i = 0; i < 1000; i += 1) stream.beat(Buffer.from(':\n\n'));
    expect(response.writableLength).toBe(buffered);
    await destroyed(page);
  });

  it('that leaves takes what it was sent with it', async () => {
    const { page, response } = await slowPage();
    response.on('error', () => {});
    const stream = createEventStream(response);
    stream.send(large(1));
    await Promise.all([once(response, 'close'), destroyed(page)]);
    stream.send(large(2));
    stream.end(eventMessage('over', {}));
  });
});

describe('streams', () => {
  it('tell the progress at once and again, and that they live', async () => {
    let asked = 0;
    const streams = createStreams({
      ...{ progressEveryMs: 5, heartbeatEveryMs: 7 },
      progress: () => eventMessage('progress', ++asked),
    });
    server.on('request', (_, response) => streams.add(response, [eventMessage('report', 'first')]));
    const watcher = await watch(`http://${address}:${port}/`);
    expect(await watcher.next()).toMatchObject({ event: 'progress', data: 1 });
    expect(await watcher.next()).toMatchObject({ event: 'report', data: 'first' });
    expect(await watcher.next()).toMatchObject({ event: 'progress', data: 2 });
    await watcher.next(':');
    streams.end(eventMessage('over', {}));
    expect((await watcher.rest()).at(-1)?.event).toBe('over');
  });

  it('have timers only while a page watches', async () => {
    const streams = createStreams({
      ...{ progressEveryMs: 60_000, heartbeatEveryMs: 60_000 },
      progress: () => eventMessage('progress', 0),
    });
    server.on('request', (_, response) => streams.add(response, []));
    // Those of this test alone: a connection of an earlier one may still have a timer of its own.
    const begun = jest.spyOn(globalThis, 'setInterval');
    const ended = jest.spyOn(globalThis, 'clearInterval');
    const ownTimers = () =>
      begun.mock.calls.flatMap(([, ms], i) => (ms === 60_000 ? [begun.mock.results[i]?.value] : []));
    const stopped = () => ended.mock.calls.map(([timer]) => timer);
    const watchers = [await watch(`http://${address}:${port}/`), await watch(`http://${address}:${port}/`)];
    expect(streams.size()).toBe(2);
    expect(ownTimers()).toHaveLength(2);
    expect(stopped()).not.toEqual(expect.arrayContaining(ownTimers()));
    for (const watcher of watchers) watcher.leave();
    await until(() => streams.size() === 0);
    expect(stopped()).toEqual(expect.arrayContaining(ownTimers()));
    jest.restoreAllMocks();
  });
});
