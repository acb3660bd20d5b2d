// A folder that a daemon can serve: one file to fetch, one folder to upload into.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CONTENT = randomBytes(4096);

export interface Root {
  readonly path: string;
  remove(): Promise<void>;
}

/** With `file-4KiB`, and a folder `uploads` that anybody may write in. */
export async function createRoot(): Promise<Root> {
  const path = await mkdtemp(join(tmpdir(), 'port20-test-root-'));
  await chmod(path, 0o755);
  await writeFile(join(path, 'file-4KiB'), CONTENT);
  await mkdir(join(path, 'uploads'));
  await chmod(join(path, 'uploads'), 0o777);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
