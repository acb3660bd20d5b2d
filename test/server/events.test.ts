// What a server tells its program: each event by its name, with its own record, of that server and no other.
import { hasSubscribers } from 'node:diagnostics_channel';
import { describe, expect, it } from '@jest/globals';
import type { ServerEvents } from '../../src/server/events.ts';
import type { FtpServer } from '../../src/server/server.ts';
import { RawClient } from './raw-client.ts';
import { type Serving, serving } from './serving.ts';

type Heard = readonly [name: string, record: ServerEvents[keyof ServerEvents]];

const NAMES = ['sessionBegin', 'sessionEnd', 'login', 'transfer', 'upload', 'fileChange', 'refusal'] as const;

function hearAll(server: FtpServer): Heard[] {
  const heard: Heard[] = [];
  for (const name of NAMES) server.on(name, (record) => void heard.push([name, record]));
  return heard;
}

async function upload(client: RawClient, name: string): Promise<void> {
  const listener = await client.announce();
  client.send(`STOR ${name}\r\n`);
  (await listener.accepted()).resume().end('content');
  expect(await client.reply()).toMatch(/^150 /);
  expect(await client.reply()).toMatch(/^226 /);
  await listener.close();
}

/** One session that does a bit of everything. */
async function visit({ address, server }: Serving): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.on('sessionEnd', () => resolve());
  });
  const client = await RawClient.connect(address);
  await client.command('USER root');
  await client.command('PASS x');
  await client.command('USER anonymous');
  await upload(client, 'f');
  const listener = await client.announce();
  await client.fetch('NLST', listener);
  await listener.close();
  await client.command('DELE f');
  await client.command('DELE f');
  await client.command('RETR f');
  await client.quit();
  await ended;
}

describe('the events of a server', () => {
  it('come in the order in which things happen, an upload before its client is told', () =>
    serving({ write: true, loginDelayMs: 0 }, async (one) => {
      const heard = hearAll(one.server);
      await visit(one);
      expect(heard.map(([name]) => name)).toEqual([
        ...['sessionBegin', 'login', 'login', 'fileChange', 'transfer', 'upload', 'transfer'],
        ...['fileChange', 'fileChange', 'refusal', 'sessionEnd'],
      ]);
      const outcomes = heard.map(([, record]) => ('outcome' in record ? record.outcome.kind : undefined));
      expect(outcomes.slice(1, 9)).toEqual([
        ...['refused', 'accepted', 'done', 'completed', 'completed', 'completed', 'done', 'refused'],
      ]);
      const [, upload] = heard[5] ?? [];
      expect(upload).toMatchObject({ user: 'anonymous', path: '/f', bytes: 7, change: 'created' });
      for (const [, { server }] of heard) expect(server).toBe(one.server.id);
    }));

  it('are those of one server, though others are in the process', () =>
    serving({ write: true, loginDelayMs: 0 }, (busy) =>
      serving({}, async (quiet) => {
        const heard = hearAll(quiet.server);
        await visit(busy);
        expect(heard).toEqual([]);
        expect(quiet.server.id).not.toBe(busy.server.id);
      }),
    ));

  it('end with off, and with close, behind the end of the last session', async () => {
    const ends: string[] = [];
    await serving({}, async ({ address, server }) => {
      const listener = () => void ends.push('off');
      server.on('sessionEnd', listener).on('sessionEnd', listener); // once, however often it is said
      server.on('sessionEnd', ({ reason }) => void ends.push(reason)).off('sessionEnd', listener);
      await RawClient.loggedIn(address);
    });
    expect(ends).toEqual(['The server is closing.']);
    expect(hasSubscribers('port20:session')).toBe(false);
  });
});
