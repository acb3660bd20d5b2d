// A server that is closed while something is under way that was asked of it: that ends, and nothing is left open behind it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerOptions } from '../../src/server/options.ts';
import type * as Server from '../../src/server/server.ts';
import { openDescriptors, ownAddress } from '../support/loopback.ts';

/** Built: the thread that checks passwords is a program. */
const { createServer }: typeof Server = await import('../../dist/server/server.js' as string);

/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
/** Of the event loop: with that many a start without a users file is over. */
const MOST_TURNS = 25;

let root: string;
let usersFile: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  usersFile = join(root, 'users');
  await writeFile(usersFile, `mo:${HASH}:::::\n`, { mode: 0o600 });
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

/** What it came to: its error's code, or nothing. */
function outcome(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
}

/** Why nobody can be reached there. */
function refusal(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(2121, host, () => resolve(undefined));
    socket
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
      .on('connect', () => socket.destroy());
  });
}

const KINDS: Readonly<Record<string, () => ServerOptions>> = {
  'anonymous users': () => ({}),
  'several addresses': () => ({ listen: [1, 2, 3].map(() => ({ address: ownAddress(), port: 2121 })) }),
  'a users file': () => ({ usersFile }),
};

describe.each(Object.keys(KINDS))('with %s', (kind) => {
  it('listen ends at whatever moment that is, and no port and no descriptor is left', async () => {
    const codes = new Set<string | undefined>();
    const before = openDescriptors();
    for (let count = 0; count <= MOST_TURNS; count++) {
      const own = KINDS[kind]?.() ?? {};
      const listen = own.listen ?? [{ address: ownAddress(), port: 2121 }];
      const server = createServer({ root, ...own, listen });
      const listening = outcome(server.listen());
      await turns(count);
      await server.close();
      codes.add(await listening);
      expect(server.listening).toBe(false);
      for (const { address } of listen) expect(await refusal(address)).toBe('ECONNREFUSED');
    }
    await turns(3); // a handle that is closed is listed until libuv has called back
    expect(openDescriptors()).toBe(before);
    expect([...codes].filter((code) => code !== undefined)).toEqual(['ECANCELED']);
  });

  it('a reload ends as well, and one that comes later is refused', async () => {
    for (let count = 0; count <= MOST_TURNS; count++) {
      const settings = { host: ownAddress(), root };
      const server = createServer(settings);
      await server.listen();
      const wanted = { ...settings, ...(kind === 'a users file' && { usersFile }), lingerMs: 1 };
      const reloading = outcome(server.reload(wanted));
      await turns(count);
      await server.close();
      expect([undefined, 'ECANCELED']).toContain(await reloading);
      expect(await outcome(server.reload(wanted))).toBe('ECANCELED');
    }
  });
});
