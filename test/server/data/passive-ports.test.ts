// PASV and EPSV from a range of ports, and with an address that is told in place of the server's own.
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PassivePorts } from '../../../src/server/data/passive-ports.ts';
import { RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

function portOf(reply: string): number {
  const [, high, low] = /^227 .*,(\d+),(\d+)\)\.$/.exec(reply) ?? [];
  const [, port] = /^229 .*\(\|\|\|(\d+)\|\)$/.exec(reply) ?? [];
  return port === undefined ? Number(high) * 256 + Number(low) : Number(port);
}

/** Listens there as another program would. */
async function taken(address: string, port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

const TWO = { low: 50_000, high: 50_001 };
const ONE = { low: 50_000, high: 50_000 };

describe('passivePorts', () => {
  it('of one port serve one session after another; meanwhile the others hear to try again', () =>
    serving({ passivePorts: ONE }, async ({ address, root }: Serving) => {
      await writeFile(join(root, 'f'), 'content');
      const [first, second] = [await RawClient.loggedIn(address), await RawClient.loggedIn(address)];
      for (const command of ['PASV', 'EPSV']) {
        expect(portOf(await first.command(command))).toBe(50_000);
        expect(await second.command(command)).toBe(
          "425 Can't open a passive port: all of them are in use, try again later or use PORT.",
        );
        expect(await second.command('RETR f')).toMatch(/^503 /); // not dialled either
        first.send('RETR f\r\n');
        const content = readAll(connect(50_000, address.address));
        expect(await first.reply()).toMatch(/^150 /);
        // It is listened on no more as soon as its client has come.
        expect(portOf(await second.command(command))).toBe(50_000);
        expect((await content).toString()).toBe('content');
        expect(await first.reply()).toMatch(/^226 /);
        await second.command('PORT 1,2,3'); // drops the listener
      }
      await Promise.all([first.quit(), second.quit()]);
    }));

  it('are all given before one is refused, those of another program not', () =>
    serving({ passivePorts: { low: 50_000, high: 50_009 } }, async ({ address }) => {
      const free = await taken(address.address, 50_004);
      const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.loggedIn(address)));
      const replies = await Promise.all(clients.map((client) => client.command('EPSV')));
      const given = replies.filter((reply) => reply.startsWith('229')).map(portOf);
      expect(given.sort()).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map((n) => 50_000 + n));
      expect(replies.filter((reply) => reply.startsWith('425'))).toHaveLength(1);
      await free();
      await Promise.all(clients.map((client) => client.quit()));
    }));

  it("are one address's each", () => {
    const ports = new PassivePorts(TWO);
    const give = ports.take({ address: '127.0.0.1', port: 50_000 });
    expect([...ports.toTry('127.0.0.1')]).toEqual([50_001]);
    expect([...ports.toTry('127.0.0.2')].sort()).toEqual([50_000, 50_001]);
    give();
    expect([...ports.toTry('127.0.0.1')].sort()).toEqual([50_000, 50_001]);
  });

  it('begin anywhere in the range, go on in order, and are not all tried where they are many', () => {
    const ports = new PassivePorts({ low: 1024, high: 65_535 });
    const starts = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const tried = [...ports.toTry('127.0.0.1')];
      starts.add(tried[0] ?? 0);
      expect(tried).toHaveLength(256);
      expect(new Set(tried).size).toBe(256);
    }
    expect(starts.size).toBeGreaterThan(1);
    expect([...new PassivePorts(undefined).toTry('127.0.0.1')]).toEqual([0]);
  });
});

describe('passiveAddress', () => {
  it('is what PASV tells; EPSV tells none', () =>
    serving({ passiveAddress: '192.0.2.20' }, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      expect(await client.command('PASV')).toMatch(/^227 Entering Passive Mode \(192,0,2,20,\d+,\d+\)\.$/);
      expect(await client.command('EPSV')).toMatch(/^229 .*\(\|\|\|\d+\|\)$/);
      await client.quit();
    }));
});
