// How long a data connection may take: to come up, to be free again, to move, and to be closed by the client.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../../src/address.ts';
import { createBinder } from '../../../src/binder/binders.ts';
import type { Binder } from '../../../src/binder/types.ts';
import { systemClock } from '../../../src/clock.ts';
import { DataConnectionError } from '../../../src/errors.ts';
import { formatHostPort } from '../../../src/ftp/host-port.ts';
import { unsentBytes } from '../../../src/net/unsent.ts';
import { Cancellation } from '../../../src/server/data/cancellation.ts';
import { activeChannel } from '../../../src/server/data/channel.ts';
import { Measurement } from '../../../src/server/data/measurement.ts';
import { Standstill } from '../../../src/server/data/standstill.ts';
import { fillOptions } from '../../../src/server/fill-options.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { listeningPeer, ownEndpoint, silentListener } from '../../support/loopback.ts';
import { ASKED } from '../asked.ts';
import { type DataListener, RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

const LARGE = randomBytes(20_000_000); // more than the kernel buffers of both ends take

interface Begun extends Serving {
  readonly client: RawClient;
  readonly listener: DataListener;
  /** Sends a command, and reads its 150. */
  begin(command: string): Promise<Socket>;
}

function withClient(options: ServerOptions, test: (begun: Begun) => Promise<void>): Promise<void> {
  return serving({ write: true, ...options }, async (one) => {
    await writeFile(join(one.root, 'large'), LARGE);
    await writeFile(join(one.root, 'small'), 'content');
    const client = await RawClient.loggedIn(one.address);
    const listener = await client.announce();
    const begin = async (command: string) => {
      client.send(`${command}\r\n`);
      const socket = await listener.accepted();
      expect(await client.reply()).toMatch(/^150 /);
      return socket;
    };
    await test({ ...one, client, listener, begin });
    await client.quit();
    await listener.close();
  });
}

describe('connectTimeoutMs', () => {
  it('is 10 s unless set: before any client gives up, so that it learns the reason', () => {
    expect(fillOptions({}).connectTimeoutMs).toBe(10_000);
  });

  it('ends an active connect that nobody answers with 425; this session and others go on', () =>
    withClient({ connectTimeoutMs: 1000 }, async ({ client, address, listener, recorded }) => {
      const silent = await silentListener(listener.endpoint.address);
      const port = listener.endpoint.port;
      await client.command(`PORT ${formatHostPort({ ...listener.endpoint, port: silent.port })}`);
      client.send('RETR small\r\nNOOP\r\n');
      const other = await RawClient.loggedIn(address); // served while the first waits
      expect(await other.command('NOOP')).toMatch(/^200 /);
      await other.quit();
      expect(await client.reply()).toMatch(
        new RegExp(`^425 Can't build data connection: connect \\S+:2120 -> \\S+:${silent.port}: ETIMEDOUT$`),
      );
      expect(await client.reply()).toMatch(/^200 /);
      const [record] = await recorded(1);
      expect(record?.outcome).toEqual({ kind: 'failed', phase: 'connect', code: 'ETIMEDOUT' });
      await client.command(`PORT ${formatHostPort({ ...listener.endpoint, port })}`);
      expect((await client.fetch('RETR small', listener)).content.toString()).toBe('content');
      await silent.end();
    }));
});

describe('acceptTimeoutMs', () => {
  it('ends a passive wait with 425, connect and ETIMEDOUT; the session goes on', () =>
    withClient({ acceptTimeoutMs: 20, connectTimeoutMs: 2 ** 31 - 1 }, async ({ client }) => {
      await client.command('EPSV');
      expect(await client.command('RETR small')).toMatch(
        /^425 Can't build data connection: connect 127\.\S+ -> 127\.\S+: ETIMEDOUT$/,
      );
      expect(await client.command('NOOP')).toMatch(/^200 /);
    }));
});

describe('a connect that says EADDRNOTAVAIL', () => {
  /** Opens a channel whose first connection holds its 4-tuple until `free` is called, with these waits. */
  async function meeting(waitsMs: readonly number[], use: (open: Open, free: () => void) => Promise<void>) {
    const binder = createBinder('reuse-port');
    const local = ownEndpoint(4);
    const peer = await listeningPeer(local.address);
    const remote = peer.endpoint;
    const first = await (await binder.bind(local)).connect(remote);
    const accepted = await peer.accepted();
    const free = () => {
      first.resetAndDestroy(); // no TIME_WAIT is left of it
      accepted.destroy();
    };
    const cancellation = new Cancellation();
    const measured = new Measurement({
      clock: systemClock,
      binder: 'reuse-port',
      asked: ASKED,
      local,
      remote,
    });
    const open: Open = (clock = systemClock) => {
      const connectWaits = waitsMs.map((ms) => ({ minMs: ms, maxMs: ms }));
      const times = { bindToConnectMs: 0, connectTimeoutMs: 30_000, connectWaits };
      return activeChannel({ binder, clock, local, remote, ...times }).open(measured, cancellation);
    };
    try {
      await use(Object.assign(open, { cancellation, measured }), free);
    } finally {
      free();
      await peer.close();
    }
  }

  type Open = ((clock?: typeof systemClock) => Promise<Socket>) & {
    cancellation?: Cancellation;
    measured?: Measurement;
  };

  it('is final unless a schedule is set', () =>
    meeting([], async (open) => {
      await expect(open()).rejects.toMatchObject({ phase: 'connect', code: 'EADDRNOTAVAIL', bindCalls: 1 });
    }));

  it('is tried again by the schedule until it is used up: all binds and waits are told', () =>
    meeting([1, 2], async (open) => {
      await expect(open()).rejects.toMatchObject({ phase: 'connect', code: 'EADDRNOTAVAIL', bindCalls: 3 });
    }));

  it('comes up when the 4-tuple is free again', () =>
    meeting([1, 1], async (open, free) => {
      const clock = { ...systemClock, sleep: async () => free() };
      const socket = await open(clock);
      expect(socket.remotePort).toBeGreaterThan(0);
      expect(
        open.measured?.record({ outcome: { kind: 'completed' }, bytes: 0, change: undefined }),
      ).toMatchObject({ bindCalls: 2 });
      socket.destroy();
    }));

  it('an abort ends the wait: phase connect', () =>
    meeting([3_600_000], async (open) => {
      const clock = {
        ...systemClock,
        sleep: (ms: number, signal?: AbortSignal) => {
          open.cancellation?.cancel();
          return systemClock.sleep(ms, signal);
        },
      };
      await expect(open(clock)).rejects.toMatchObject({ phase: 'connect', code: 'ABORTED', bindCalls: 1 });
    }));

  it('nothing else is tried again', async () => {
    const local = ownEndpoint(4);
    const binds: Endpoint[] = [];
    const real = createBinder('reuse-port');
    const bind: Binder['bind'] = (...args) => {
      binds.push(args[0]);
      return real.bind(...args);
    };
    const binder = { ...real, bind };
    const peer = await listeningPeer(local.address);
    const remote = peer.endpoint;
    await peer.close();
    const times = { bindToConnectMs: 0, connectTimeoutMs: 30_000, connectWaits: [{ minMs: 1, maxMs: 1 }] };
    const measured = new Measurement({
      clock: systemClock,
      binder: 'reuse-port',
      asked: ASKED,
      local,
      remote,
    });
    const opened = activeChannel({ binder, clock: systemClock, local, remote, ...times }).open(
      measured,
      new Cancellation(),
    );
    await expect(opened).rejects.toBeInstanceOf(DataConnectionError);
    expect(binds).toEqual([local]);
  });
});

describe('stallTimeoutMs', () => {
  it('ends a RETR that nobody reads, and a STOR that sends nothing, with 426 and ETIMEDOUT', () =>
    withClient({ stallTimeoutMs: 300 }, async ({ client, begin, records }) => {
      for (const command of ['RETR large', 'STOR up']) {
        const socket = await begin(command);
        expect(await client.reply()).toMatch(/^426 Data connection lost: transfer \S+ -> \S+: ETIMEDOUT$/);
        socket.destroy();
      }
      expect(records.map(({ outcome }) => outcome)).toEqual(
        new Array(2).fill({ kind: 'failed', phase: 'transfer', code: 'ETIMEDOUT' }),
      );
      expect(await client.command('NOOP')).toMatch(/^200 /);
    }));

  it('is over when the count has not changed for the limit, and begins anew when it has', () => {
    const standstill = new Standstill(100, 1000);
    const told: [count: number, nowMs: number, over: boolean][] = [
      [0, 1099, false],
      [5, 1099, false],
      [5, 1198, false],
      [6, 1198, false],
      [6, 1297, false],
      [6, 1298, true],
    ];
    for (const [count, nowMs, over] of told) expect(standstill.isOver(count, nowMs)).toBe(over);
    expect(new Standstill(100, 1000).isOver(0, 1100)).toBe(true);
  });

  it('counts what the client has taken, not what the kernel holds', () =>
    withClient({}, async ({ listener }) => {
      const socket = connect({ host: listener.endpoint.address, port: listener.endpoint.port });
      socket.on('error', () => {});
      const [other] = await Promise.all([listener.accepted(), once(socket, 'connect')]);
      socket.write(LARGE);
      const before = socket.bytesWritten - unsentBytes(socket);
      expect(unsentBytes(socket)).toBeGreaterThan(LARGE.length / 2); // libuv's share and the kernel's
      const taken = readAll(other);
      socket.end();
      await taken;
      while (unsentBytes(socket) > 1) await new Promise(setImmediate); // the last acknowledgement, and the FIN's
      expect(socket.bytesWritten - unsentBytes(socket)).toBeGreaterThan(before);
    }));
});

describe('a file that becomes shorter while it is sent', () => {
  it('ends in 451, never in 226', () =>
    withClient({}, async ({ root, client, begin, records }) => {
      const socket = await begin('RETR large');
      truncateSync(join(root, 'large'), 4_000_000);
      const content = await readAll(socket);
      expect(await client.reply()).toBe('451 Transfer aborted: the file has become shorter.');
      expect(content.length).toBeLessThan(LARGE.length);
      expect(records).toMatchObject([{ outcome: { kind: 'failed', phase: 'transfer', code: 'ESHRUNK' } }]);
    }));
});

describe('REST', () => {
  it.each(['RETR small', 'STOR small', 'STOR new'])(
    'beyond the end of %s is 554, and nothing is changed',
    (command) =>
      withClient({}, async ({ client, listener, records, begin }) => {
        expect(await client.command('REST 8')).toMatch(/^350 /);
        expect(await client.command(command)).toBe(
          `554 Restart at 8 is beyond the end, ${command === 'STOR new' ? 0 : 7}.`,
        );
        expect([records, listener.unasked]).toEqual([[], 0]);
        expect(await client.command('SIZE new')).toMatch(/^550 /);
        await client.command('REST 7');
        expect((await readAll(await begin('RETR small'))).toString()).toBe('');
        expect(await client.reply()).toMatch(/^226 /);
        await client.command('REST 10000000000000');
        expect(await client.command('STOR small')).toMatch(/^554 /);
        expect(await client.command('SIZE small')).toBe('213 7');
      }),
  );
});

describe('lingerMs', () => {
  it("226 comes behind the client's FIN: a client may read it before it accepts, and finds nothing yet", () =>
    withClient({ lingerMs: 3_600_000 }, async ({ client, listener }) => {
      client.send('RETR small\r\n');
      expect(await client.reply()).toMatch(/^150 /);
      const socket = await listener.accepted();
      const content: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => content.push(chunk)).resume();
      await new Promise((resolve) => socket.once('end', resolve)); // our own side is open still
      expect(await client.command('STAT')).toMatch(/^211-[\s\S]*RETR: 7 bytes so far/);
      socket.end();
      expect(Buffer.concat(content).toString()).toBe('content');
      expect(await client.reply()).toMatch(/^226 /);
    }));

  it('is bounded: a client that never ends its side gets 226 all the same', () =>
    withClient({ lingerMs: 50 }, async ({ client, begin, records }) => {
      for (const command of ['RETR small', 'NLST']) {
        const socket = await begin(command);
        expect(await client.reply()).toMatch(/^226 /);
        socket.destroy();
      }
      expect(records.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'completed']);
    }));

  it('a reset in that time is a transfer that did not arrive: 426', () =>
    withClient({ lingerMs: 3_600_000 }, async ({ client, begin }) => {
      const socket = await begin('RETR small');
      socket.resetAndDestroy();
      expect(await client.reply()).toMatch(/^426 Data connection lost: .*: (ECONNRESET|EPIPE)$/);
    }));

  it('ABOR ends it, and so does a lost control connection', () =>
    withClient({ lingerMs: 3_600_000 }, async ({ client, begin, address, recorded }) => {
      const socket = await begin('RETR small');
      client.send('ABOR\r\n');
      expect(await client.reply()).toMatch(/^426 /);
      expect(await client.reply()).toMatch(/^226 /);
      socket.destroy();
      const other = await RawClient.loggedIn(address);
      const listener = await other.announce();
      other.send('RETR small\r\n');
      const kept = await listener.accepted();
      expect(await other.reply()).toMatch(/^150 /);
      other.socket.destroy();
      expect((await recorded(2)).at(-1)).toMatchObject({ outcome: { kind: 'aborted' } });
      kept.destroy();
      await listener.close();
    }));
});
