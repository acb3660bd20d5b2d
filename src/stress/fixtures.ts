// The files that a run's server serves: a temporary, writable root of the run's own.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../units.ts';
import type { Plan, Scenario } from './types.ts';

export interface Fixtures {
  readonly root: string;
  pathOf(scenario: Scenario): string;
  contentOf(scenario: Scenario): Uint8Array;
  remove(): Promise<void>;
}

export async function createFixtures(plan: Plan): Promise<Fixtures> {
  const root = await mkdtemp(join(tmpdir(), 'port20-run-'));
  const contents = new Map<number, Uint8Array>();
  for (const { fileSizeBytes } of plan.scenarios) {
    if (contents.has(fileSizeBytes)) continue;
    const content = contentOf(plan.seed, fileSizeBytes);
    contents.set(fileSizeBytes, content);
    await writeFile(join(root, nameOf(fileSizeBytes)), content);
  }
  return {
    root,
    pathOf: (scenario) => (scenario.direction === 'list' ? '' : nameOf(scenario.fileSizeBytes)),
    contentOf: (scenario) => contents.get(scenario.fileSizeBytes) ?? new Uint8Array(),
    remove: () => rm(root, { recursive: true, force: true }),
  };
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
