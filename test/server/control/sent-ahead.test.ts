// Commands that were sent ahead: the client's end does not overtake them.
import { expect, it } from '@jest/globals';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';
import { PEM } from '../tls/sealing.ts';

const AHEAD = 200;

it.each(['in the clear', 'over TLS'])('obeys what was sent ahead of the end of the connection, %s', (way) =>
  serving({ tlsPem: PEM }, async ({ address }) => {
    const client = await RawClient.connect(address);
    if (way === 'over TLS') await client.startTls();
    await client.command('USER anonymous');
    client.socket.end('TYPE I\r\n'.repeat(AHEAD));
    for (let replies = 0; replies < AHEAD; replies++) expect(await client.reply()).toMatch(/^200 /);
  }),
);
