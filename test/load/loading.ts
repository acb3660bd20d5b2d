// Loads against a server in this process: what a generator is told, filled in, and what came of it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint } from '../../src/address.ts';
import { systemClock } from '../../src/clock.ts';
import { contentOf, hashOf } from '../../src/load/content.ts';
import { type LoadResult, prepareLoad } from '../../src/load/load.ts';
import type { RemoteFile, StartedLoad } from '../../src/load/spec.ts';
import type { Weighted } from '../../src/plan/types.ts';
import type { Attempt } from '../../src/result/attempt.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { scenarioOf } from '../run/samples.ts';
import { type Serving, serving } from '../server/serving.ts';
import { ownAddress } from '../support/loopback.ts';

export const SEED = 11;

/** `file-10`, with the bytes that a run's file of that size has. */
export function fileOf(bytes: number): RemoteFile {
  return { path: `file-${bytes}`, bytes, hash: hashOf(contentOf(SEED, bytes)) };
}

export const SMALL_FILE: readonly Weighted<RemoteFile>[] = [{ value: fileOf(10), weight: 1 }];

/** The keys of a scenario in a plan file; 16 sessions that fetch 10 bytes, unless they say otherwise. */
export type Keys = Readonly<Record<string, unknown>>;

/** One generator that carries the whole load, each session at an address of its own. */
export function loadOn(server: Endpoint, keys: Keys = {}, more: Partial<StartedLoad> = {}): StartedLoad {
  const scenario = scenarioOf(keys);
  const numbers = Array.from({ length: scenario.sessions }, (_, number) => number);
  return {
    ...{ name: 'g0', server, dataPort: server.port - 1, share: { index: 0, of: 1 }, scenario, seed: SEED },
    sessions: numbers.map((number) => ({ number, address: ownAddress() })),
    ...{ files: SMALL_FILE, listPath: '', uploadFolder: '', contentSeed: SEED },
    ...{ userPi: 'basic-ftp', requireDataPort: false, transfers: scenario.transfers },
    ...{ acceptTimeoutMs: 30_000, timeoutMs: 30_000, login: { user: 'anonymous', password: 'x' } },
    ...more,
  };
}

export interface Ran {
  /** Of `Clock.nowMs()`. */
  readonly startMs: number;
  /** In the order of their indices. */
  readonly attempts: readonly Attempt[];
  readonly warnings: LoadResult['warnings'];
}

/** Runs a load from now on, or as if it had begun `lateMs` ago. */
export async function ran(load: StartedLoad, { lateMs = 0 } = {}): Promise<Ran> {
  const prepared = await prepareLoad(load);
  const attempts: Attempt[] = [];
  const startMs = systemClock.nowMs() - lateMs;
  const { warnings } = await prepared.run(startMs, (attempt) => attempts.push(attempt));
  attempts.sort((a, b) => a.index - b.index);
  return { startMs, attempts, warnings };
}

/** A server that serves files of these sizes, and lets anonymous users write. */
export function servingFiles(
  options: ServerOptions,
  test: (serving: Serving) => Promise<void>,
  sizes: readonly number[] = [10],
): Promise<void> {
  return serving({ binder: 'reuse-port', write: true, ...options }, async (started) => {
    for (const bytes of sizes) await writeFile(join(started.root, `file-${bytes}`), contentOf(SEED, bytes));
    await test(started);
  });
}

/** What the plan alone decides of an attempt. */
export function scheduleOf({ startMs, attempts }: Ran) {
  return attempts.map(({ index, command, scheduledAtMs }) => {
    return { index, command, atMs: Math.round((scheduledAtMs - startMs) * 1e3) / 1e3 };
  });
}

export function outcomesOf({ attempts }: Pick<Ran, 'attempts'>): string[] {
  return attempts.map(({ outcome }) => outcome.kind);
}
