// The files that a run's server serves: a temporary, writable root of the run's own.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { formatBytes } from '../units.ts';
import type { Plan, Scenario } from './types.ts';

export interface Fixtures {
  readonly root: string;
  pathOf(scenario: Scenario): string;
  contentOf(scenario: Scenario): Uint8Array;
  remove(): Promise<void>;
}

export async function createFixtures(plan: Plan): Promise<Fixtures> {
  const sizes = [...new Set(plan.scenarios.map(({ fileSizeBytes }) => fileSizeBytes))];
  const contents = new Map(sizes.map((bytes) => [bytes, contentOf(plan.seed, bytes)]));
  const root = await orPreflightError(() => mkdtemp(join(tmpdir(), 'port20-run-')));
  // Also when the process is ended in mid-run: uploads may be large.
  const removeNow = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', removeNow);
  const remove = async () => {
    await rm(root, { recursive: true, force: true });
    process.off('exit', removeNow);
  };
  try {
    for (const [bytes, content] of contents) {
      await orPreflightError(() => writeFile(join(root, nameOf(bytes)), content));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    root,
    pathOf: (scenario) => (scenario.direction === 'list' ? '' : nameOf(scenario.fileSizeBytes)),
    contentOf: (scenario) => contents.get(scenario.fileSizeBytes) ?? new Uint8Array(),
    remove,
  };
}

async function orPreflightError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCodeOf(error);
    throw new PreflightError(`the temporary folder ${tmpdir()} cannot hold the run's files: ${code}`, {
      cause: error,
    });
  }
}

function nameOf(bytes: number): string {
  return `file-${formatBytes(bytes)}`;
}

/** Bytes that look random, so that a shifted or repeated piece is seen, and are the same for the same seed. */
function contentOf(seed: number, bytes: number): Uint8Array {
  const content = Buffer.alloc(bytes);
  for (let at = 0, n = 0; at < bytes; at += 64, n++) {
    createHash('sha512').update(`${seed}/${n}`).digest().copy(content, at);
  }
  return content;
}
