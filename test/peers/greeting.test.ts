// Waiting for a greeting: what the wait leaves behind.
import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { greeted } from '../../src/peers/greeting.ts';
import { closedPort, ownAddress } from '../support/loopback.ts';

it('each refused connection takes its listener off the signal', async () => {
  const address = ownAddress();
  const { port } = await closedPort(address);
  const ended = new AbortController();
  const greeting = greeted({ address, port }, ended.signal);
  let refused = 0;
  const most = () => getEventListeners(ended.signal, 'abort').length;
  const server = createServer((socket) => {
    if (++refused < 15) socket.destroy();
    else socket.end('220 hello\r\n');
    expect(most()).toBeLessThan(3);
  }).listen(port, address);
  await greeting;
  expect(refused).toBe(15);
  expect(most()).toBe(0);
  server.close();
});
