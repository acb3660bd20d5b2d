// Fingerprints of scripted servers: orders of replies and connections that no server of ours has.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import { type Script, type Scripts, startResponder } from '../client/responder.ts';
import { ANONYMOUS, valuesOf } from './fingerprinting.ts';

const CONTENT = Buffer.from('ten bytes\n');

async function valuesOfScripted(scripts: Scripts) {
  const responder = await startResponder(scripts);
  try {
    const target = { server: responder.endpoint, ...ANONYMOUS, dataPort: 20 };
    return valuesOf(await fingerprintServer(target, { patienceMs: 1000 }));
  } finally {
    await responder.close();
  }
}

/** Replies 425 to what cannot be connected, and leaves the rest to `sent`. */
function sending(sent: (data: Socket, reply: (line: string) => void) => void, before: string[] = []): Script {
  return async (turn) => {
    if (before.length > 0) turn.reply(...before);
    try {
      sent(await turn.connect(), turn.reply);
    } catch {
      turn.reply('425 refused');
    }
  };
}

/** When this process, which is the probe too, has long read what was sent before, even if it was held up meanwhile. */
async function later(): Promise<void> {
  await delay(100);
  for (let turn = 0; turn < 10; turn++) await nextTurn();
}

it('150 before the connection, 226 before the data', async () => {
  const early = sending(
    (data, reply) => {
      reply('226 done');
      data.once('drain', () => data.end());
      void later().then(() => data.end(CONTENT));
    },
    ['150 here it comes'],
  );
  expect(await valuesOfScripted({ LIST: early })).toMatchObject({
    'source-port': 'ephemeral',
    'reply-150': 'before-connect',
    'reply-226': 'before-fin',
    'foreign-address': 'dialled',
    'privileged-port': 'accepted',
  });
});

it('150 when connected, 226 when the client has closed too', async () => {
  const late = sending((data, reply) => {
    reply('150 here it comes');
    data.end(CONTENT);
    data.on('error', () => {}).on('close', () => reply('226 done'));
    data.resume();
  });
  expect(await valuesOfScripted({ LIST: late })).toMatchObject({
    'reply-150': 'after-connect',
    'reply-226': 'after-peer',
  });
});

/** Dials at PORT; the 200 waits for the connection, or does not. */
function dialling(replyFirst: boolean): Scripts {
  const open = new Map<Socket, Socket>();
  return {
    PORT: async ({ target, control, reply }) => {
      if (replyFirst) reply('200 ok');
      try {
        const data = connect({ host: target.address, port: target.port });
        await once(data, 'connect');
        control.once('close', () => data.destroy());
        open.set(
          control,
          data.on('error', () => {}),
        );
        if (!replyFirst) reply('200 ok');
      } catch {
        if (!replyFirst) reply('425 refused');
        open.delete(control);
      }
    },
    LIST: ({ control, reply }) => {
      const data = open.get(control);
      if (data === undefined) return reply('425 no connection');
      reply('150 here it comes');
      data.end(CONTENT, () => reply('226 done'));
    },
  };
}

it('connects at PORT, and says 200 only then', async () => {
  expect(await valuesOfScripted(dialling(false))).toMatchObject({
    'connects-at': 'port',
    'reply-200': 'connected',
    'reply-refused': 425,
    'foreign-address': 'dialled',
  });
});

it('connects at PORT, and says 200 at once', async () => {
  expect(await valuesOfScripted(dialling(true))).toMatchObject({
    'connects-at': 'port',
    'reply-200': 'before-fact',
    'reply-refused': 425,
  });
});

it('a server without active mode is an error that says so', async () => {
  const refusing: Scripts = { PORT: ({ reply }) => reply('502 passive only') };
  await expect(valuesOfScripted(refusing)).rejects.toThrow(
    'the server refuses active mode: 502 passive only',
  );
});
