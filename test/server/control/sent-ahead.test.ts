// Commands that were sent ahead: others have their turn between them, and the client's end does not overtake them.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { parseCommand } from '../../../src/ftp/command-line.ts';
import { CommandQueue, type CommandQueueHooks } from '../../../src/server/control/command-queue.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

const AHEAD = 200;

it('gives others a turn', async () => {
  let begun = 0;
  const hooks: CommandQueueHooks = {
    run: async () => {
      begun++;
    },
    isTransfer: () => false,
    isAside: () => false,
    interrupt() {},
    quitWaits() {},
    giveTurn: () => turn(),
    onFlood() {},
  };
  const queue = new CommandQueue(hooks);
  const next = turn();
  for (let i = 0; i < AHEAD; i++) queue.push(parseCommand('TYPE I'));
  await next;
  expect(begun).toBe(4);
  while (queue.busy) await turn();
  expect(begun).toBe(AHEAD);
});

it('obeys what was sent ahead of the end of the connection', () =>
  serving({}, async ({ address }) => {
    const client = await RawClient.loggedIn(address);
    client.socket.end('TYPE I\r\n'.repeat(AHEAD));
    for (let replies = 0; replies < AHEAD; replies++) expect(await client.reply()).toMatch(/^200 /);
  }));
