// The engine of one machine on its real processes: orders in, both views of a block out, and nothing left behind.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type * as Local from '../../src/engine/local.ts';
import type { Assigned, LocalEngine } from '../../src/engine/local.ts';
import { InvalidRunError } from '../../src/errors.ts';
import { contentOf } from '../../src/load/content.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import type { ServerSpec } from '../../src/run/engine.ts';
import { emptyFolder } from '../cli/port20.ts';
import { deferred } from '../client/harness.ts';
import { fileOf, type Keys, loadOn, SEED } from '../load/loading.ts';
import { ownAddress } from '../support/loopback.ts';

/** Built: its children are programs. */
const { createLocalEngine }: typeof Local = await import('../../dist/engine/local.js' as string);

let engine: LocalEngine | undefined;

afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

function started(): LocalEngine {
  engine = createLocalEngine();
  return engine;
}

function folder(): string {
  const root = emptyFolder();
  writeFileSync(join(root, 'file-10'), contentOf(SEED, 10));
  return root;
}

/** A block of the built-in server on an address of its own. */
function assignment(keys: Keys = {}, more: Partial<Extract<ServerSpec, { kind: 'binder' }>> = {}): Assigned {
  const server = { address: ownAddress(), port: 2121 };
  const settings = { root: folder(), workers: 2, binder: 'reuse-port', retry: 'none' } as const;
  return {
    server: {
      kind: 'binder',
      server,
      ...settings,
      timeUnitMs: 1000,
      bindToConnectMs: 0,
      tls: 'off',
      ...more,
    },
    loads: [loadOn(server, { sessions: 4, duration: '10s', transfers: 8, ...keys })],
  };
}

/** The same load in two processes. */
function divided({ server, loads }: Assigned): Assigned {
  const [load] = loads;
  if (load === undefined) throw new Error('no load');
  const parts = [0, 1].map((index) => ({
    ...{ ...load, name: `g${index}`, share: { index, of: 2 }, transfers: load.transfers / 2 },
    sessions: load.sessions.filter(({ number }) => number % 2 === index),
  }));
  return { server, loads: parts };
}

function kinds(attempts: readonly Attempt[]): string[] {
  return [...new Set(attempts.map(({ outcome }) => outcome.kind))];
}

describe('a block', () => {
  it('comes back with what the clients saw and what the server recorded', async () => {
    const { attempts, records, generators, warnings } = await started().runBlock(assignment());
    expect(kinds(attempts)).toEqual(['completed']);
    expect(attempts).toHaveLength(8);
    expect(records).toHaveLength(8);
    const ends = (found: readonly { readonly address: string; readonly port: number }[]) =>
      found.map(({ address, port }) => `${address}:${port}`).sort();
    expect(ends(records?.map(({ remote }) => remote) ?? [])).toEqual(
      ends(attempts.flatMap(({ local }) => local ?? [])),
    );
    expect(generators).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('is carried by as many generators as it has loads, and they start in the same moment', async () => {
    const { attempts, generators, startedAtMs } = await started().runBlock(divided(assignment()));
    expect(generators).toHaveLength(2);
    expect(new Set(attempts.map(({ session }) => session))).toEqual(new Set([0, 1, 2, 3]));
    for (const { index, scheduledAtMs } of attempts) {
      if (index < 4) expect(scheduledAtMs).toBe(startedAtMs);
    }
  });

  it('follows another on the same processes, with another number of workers on others', async () => {
    const engine = started();
    const pidsIn = async (workers: number) => {
      let pids: readonly number[] = [];
      await engine.runBlock(assignment({}, { workers }), {
        onLoad: (server) => {
          pids = server.pids();
        },
      });
      return pids;
    };
    const first = await pidsIn(2);
    expect(first).toHaveLength(2);
    expect(await pidsIn(2)).toEqual(first);
    const alone = await pidsIn(1);
    expect(alone).toHaveLength(1);
    expect(first).not.toContain(alone[0]);
  });

  it('of content that is not what was expected has no completed transfer', async () => {
    const { server, loads } = assignment({ transfers: 2 });
    const wrong = loads.map((load) => ({
      ...load,
      files: [{ value: { ...fileOf(10), hash: fileOf(11).hash }, weight: 1 }],
    }));
    expect(kinds((await started().runBlock({ server, loads: wrong })).attempts)).toEqual(['corrupted']);
  });

  it('is told of as it goes: the server that is up, and counts', async () => {
    const seen: object[] = [];
    let dataPort = 0;
    await started().runBlock(assignment({ transfers: 8 }), {
      onLoad: (server) => {
        dataPort = server.dataPort;
      },
      onProgress: (counts) => seen.push(counts),
    });
    expect(dataPort).toBe(2120);
    expect(seen.at(-1)).toEqual({ offered: 8, completed: 8, failed: 0 });
  });

  it('ends early when its signal says so: what runs is given a moment', async () => {
    const ending = new AbortController();
    const { attempts } = await started().runBlock(assignment({ transfers: 0, duration: '60s' }), {
      signal: ending.signal,
      onProgress: () => ending.abort(),
    });
    expect(attempts.length).toBeGreaterThan(0);
    expect(kinds(attempts)).toEqual(['completed']);
  });
});

describe('what cannot be run', () => {
  it.each([
    [
      'a session that cannot log in',
      ({ server, loads }: Assigned) => {
        return { server, loads: loads.map((load) => ({ ...load, server: { ...load.server, port: 9 } })) };
      },
      /^load generator: session could not log in: .*ECONNREFUSED/,
    ],
    ...[{}, { workload: 'open', rate: 200 }, { workload: 'bursts', every: '20ms' }].map(
      (keys) =>
        [
          `a transfer that cannot be asked for (${keys.workload ?? 'closed'})`,
          (): Assigned => {
            const { server, loads } = assignment({ ...keys, transfers: 0 });
            const files = [{ value: { ...fileOf(10), path: 'two\nlines' }, weight: 1 }];
            return { server, loads: loads.map((load) => ({ ...load, files })) };
          },
          /^load generator: the path has a control character: "two\\nlines"$/,
        ] as const,
    ),
    [
      'a folder that is not there',
      ({ loads }: Assigned) => assignmentOf(loads, '/no/such/folder'),
      /^server: .*ENOENT/,
    ],
  ] as const)('%s fails its block alone', async (_, spoilt, message) => {
    const engine = started();
    const failing = engine.runBlock(spoilt(assignment()));
    await expect(failing).rejects.toMatchObject({
      code: new InvalidRunError('').code,
      message: expect.stringMatching(message),
    });
    expect(kinds((await engine.runBlock(assignment())).attempts)).toEqual(['completed']);
  });
});

describe('a target', () => {
  it('keeps no records, and no process of ours', async () => {
    const engine = started();
    const own = assignment({ transfers: 0, duration: '60s' });
    const ending = new AbortController();
    const underWay = deferred();
    // The built-in server of one engine is the target of another.
    const other: LocalEngine = createLocalEngine();
    try {
      const serving = engine.runBlock(own, { signal: ending.signal, onProgress: () => underWay.resolve() });
      await underWay.promise;
      const { address, port } = own.server.server;
      const login = { user: 'anonymous', password: 'x' };
      const raw = await other.runBlock({
        server: { kind: 'target', server: { address, port }, login },
        loads: [loadOn({ address, port }, { sessions: 2, transfers: 4, duration: '10s' })],
      });
      expect(raw.records).toBeNull();
      expect(kinds(raw.attempts)).toEqual(['completed']);
      ending.abort();
      await serving;
    } finally {
      await other.close();
    }
  });
});

function assignmentOf(loads: Assigned['loads'], root: string): Assigned {
  return { ...assignment({}, { root }), loads };
}
