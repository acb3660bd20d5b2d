// A server that closes while its ledger, kept by another process, has not answered: within the grace, and after it.
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import type { Growth, Ledger, RootUsage } from '../../../src/server/quota/ledger.ts';
import { LocalLedger } from '../../../src/server/quota/local-ledger.ts';
import { type AcceptingServer, createAcceptingServer } from '../../../src/server/server.ts';
import { EVERYTHING } from '../../../src/server/users/user.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

/** Answers the third question when it is told to, and gives up at `close`, as the ledger of a worker does. */
class SlowLedger implements Ledger {
  readonly events = new EventEmitter();
  readonly #ledger = new LocalLedger('inside', systemClock);
  #questions = 0;

  watch(root: string): void {
    this.#ledger.watch(root);
  }

  of(root: string): RootUsage | undefined {
    const usage = this.#ledger.of(root);
    return usage && { begin: (file) => this.#slow(usage.begin(file)), freeing: () => usage.freeing() };
  }

  async close(): Promise<void> {
    this.events.emit('closed');
    await this.#ledger.close();
  }

  #slow(growth: Growth): Growth {
    return {
      ask: async (...asked) => {
        if (++this.#questions === 3) await this.#answer();
        return growth.ask(...asked);
      },
      end: (keptBytes) => growth.end(keptBytes),
    };
  }

  async #answer(): Promise<void> {
    const [answer] = await Promise.all([
      Promise.race([
        once(this.events, 'answer').then(() => 'given'),
        once(this.events, 'closed').then(() => 'none'),
      ]),
      this.events.emit('asked'),
    ]);
    if (answer === 'none') throw Object.assign(new Error('the server is closing'), { code: 'ECANCELED' });
  }
}

interface Uploading {
  readonly server: AcceptingServer;
  readonly ledger: SlowLedger;
  readonly client: RawClient;
  readonly data: Socket;
  readonly root: string;
}

async function bytesIn(root: string): Promise<number> {
  const names = await readdir(root);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(root, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** An upload of which one piece has been written, and the next waits for the answer to whether there is room. */
async function uploading(test: (one: Uploading) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'port20-test-'));
  const ledger = new SlowLedger();
  const authenticate = ({ username: name }: { username: string }) => ({
    ...{ name, may: EVERYTHING, quotaBytes: 1000 },
  });
  const server = createAcceptingServer({ root, authenticate }, { quotas: ledger });
  const door = createSocketServer({ pauseOnConnect: true }, (socket) => server.accept(socket));
  door.listen(0, ownAddress());
  await once(door, 'listening');
  try {
    const client = await RawClient.connect(door.address() as AddressInfo);
    await client.command('USER bob');
    expect(await client.command('PASS x')).toMatch(/^230 /);
    await client.command('TYPE I');
    const listener = await client.announce();
    client.send('STOR f\r\n');
    const data = await listener.accepted();
    data.on('error', () => {});
    expect(await client.reply()).toMatch(/^150 /);
    data.resume().write('content');
    while ((await bytesIn(root)) < 'content'.length) await systemClock.sleep(5);
    const asked = once(ledger.events, 'asked');
    data.write(' and more');
    await asked;
    await test({ server, ledger, client, data, root });
    data.destroy();
    client.socket.destroy();
    await listener.close();
  } finally {
    await server.close();
    door.close();
    await rm(root, { recursive: true });
  }
}

it('an upload that ends within the grace has had room to its end', () =>
  uploading(async ({ server, ledger, client, data, root }) => {
    let closed = false;
    ledger.events.once('closed', () => {
      closed = true;
    });
    const stopped = server.close({ graceMs: 3_600_000 });
    data.end();
    expect(closed).toBe(false);
    ledger.events.emit('answer');
    expect(await client.reply()).toMatch(/^226 /);
    await stopped;
    expect(closed).toBe(true);
    expect(await readFile(join(root, 'f'), 'utf8')).toBe('content and more');
  }));

it('an upload whose grace is over waits for no answer, and what came of it stays', () =>
  uploading(async ({ server, client, root }) => {
    await server.close();
    expect(await client.reply()).toMatch(/^426 /);
    const [part = ''] = await readdir(root);
    expect(await readFile(join(root, part), 'utf8')).toBe('content');
  }));
