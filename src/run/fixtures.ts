// The files that a run's server serves: a temporary root of the run's own, with a folder for uploads.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { contentOf, hashOf } from '../load/content.ts';
import type { RemoteFile } from '../load/spec.ts';
import { sizesOf } from '../plan/draws.ts';
import type { Plan, Scenario, Weighted } from '../plan/types.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { formatBytes } from '../units.ts';

export const UPLOAD_FOLDER = 'uploads/';
const FILES = "the run's files";

export interface Fixtures {
  readonly root: string;
  filesOf(scenario: Scenario): readonly Weighted<RemoteFile>[];
  remove(): Promise<void>;
}

export async function createFixtures(plan: Plan): Promise<Fixtures> {
  const { path: root, remove } = await temporaryFolder('port20-run-', FILES);
  try {
    const files = await orPreflightError(() => writeFiles(plan, root));
    return { root, filesOf: (scenario) => filesOf(scenario, files), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function writeFiles(plan: Plan, root: string): Promise<ReadonlyMap<number, RemoteFile>> {
  await chmod(root, 0o755); // a peer serves it as another user
  await mkdir(join(root, UPLOAD_FOLDER));
  await chmod(join(root, UPLOAD_FOLDER), 0o777);
  const sizes = new Set(
    plan.scenarios.flatMap(({ fileSize }) => sizesOf(fileSize).map(({ value }) => value)),
  );
  const files = new Map<number, RemoteFile>();
  for (const bytes of sizes) {
    const content = contentOf(plan.seed, bytes);
    const path = `file-${formatBytes(bytes)}`;
    await writeFile(join(root, path), content);
    files.set(bytes, { path, bytes, hash: hashOf(content) });
  }
  return files;
}

function filesOf({ fileSize }: Scenario, files: ReadonlyMap<number, RemoteFile>): Weighted<RemoteFile>[] {
  return sizesOf(fileSize).map(({ value, weight }) => ({ value: files.get(value) as RemoteFile, weight }));
}

async function orPreflightError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCodeOf(error);
    throw new PreflightError(`the temporary folder ${tmpdir()} cannot hold ${FILES}: ${code}`, {
      cause: error,
    });
  }
}
