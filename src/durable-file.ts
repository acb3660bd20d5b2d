// What is on the disk, and not only on its way there, when it is said to be written.
import { open, writeFile } from 'node:fs/promises';

/** Some file systems tell only at the sync that they have no room. @param content some at a time where it may be large */
export async function writeToDisk(path: string, content: string | Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on the disk only with its folder (fsync(2)). Where that cannot be synced, it is up to its file system. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
