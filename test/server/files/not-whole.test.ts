// Uploads whose end the server finds together with what undoes them: an ABOR, or the end of the control connection.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

const OLD = 'what was there';

/** Its first bytes are there, and its data connection is still open. */
async function uploadBegun(address: Endpoint, root: string, command: string) {
  await writeFile(join(root, 'file'), OLD);
  const client = await RawClient.loggedIn(address);
  const listener = await client.announce();
  expect(await client.command(command)).toMatch(/^150 /);
  const data = await listener.accepted();
  data.resume().write('new');
  await turn();
  return { client, listener, data };
}

it.each(['STOR file', 'APPE file'])('%s with an ABOR before the end of its data is undone', (command) =>
  serving({ write: true }, async ({ address, root }) => {
    const { client, listener, data } = await uploadBegun(address, root, command);
    client.socket.write('ABOR\r\n');
    data.end();
    expect(await client.reply()).toMatch(/^426 /);
    expect(await client.reply()).toMatch(/^226 /);
    expect(await readFile(join(root, 'file'), 'utf8')).toBe(OLD);
    await client.quit();
    await listener.close();
  }),
);

it.each(['STOR file', 'APPE file'])('%s whose control connection ends before its data is undone', (command) =>
  serving({ write: true }, async ({ address, root }) => {
    const { client, listener, data } = await uploadBegun(address, root, command);
    client.socket.end();
    data.end();
    await once(data, 'close');
    await client.ended();
    await listener.close();
    expect(await readFile(join(root, 'file'), 'utf8')).toBe(OLD);
  }),
);
