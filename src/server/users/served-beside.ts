// The operator's own files that clients could fetch: a users file with its hashes, or a log, in a folder that is served.
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { FilledServerOptions } from '../options.ts';
import type { Users } from './users-file.ts';

type Served = Pick<FilledServerOptions, 'root' | 'links' | 'anonymous' | 'authenticate'>;

/** A line for each of `files` that lies in a folder that is served, whatever links are on either way. */
export async function servedBeside(
  files: readonly string[],
  served: Served,
  users: Users | undefined,
): Promise<string[]> {
  const roots = await Promise.all(
    rootsOf(served, users).map(async (root) => ({ root, place: await placeOf(root) })),
  );
  const warnings: string[] = [];
  for (const file of files) {
    const ways = await waysTo(resolve(file), served);
    const outer = roots.find(({ place }) => ways.some((way) => isWithin(place, way)));
    if (outer === undefined) continue;
    warnings.push(
      `${file} lies in '${outer.root}', which is served, so that users can fetch it: keep it elsewhere`,
    );
  }
  return warnings;
}

/** What `/` is to anybody who may log in. */
function rootsOf({ root, anonymous, authenticate }: Served, users: Users | undefined): readonly string[] {
  const ofUsers = [...(users?.entries.values() ?? [])].map(({ user }) => resolve(root, user.root ?? ''));
  return [...new Set([...(anonymous || authenticate !== undefined ? [root] : []), ...ofUsers])];
}

/** Where the file is; where links are followed out of a root, also each folder above it by its name, which may be in one. */
async function waysTo(file: string, { links }: Served): Promise<readonly string[]> {
  const ways = [await placeOf(file)];
  if (links !== 'follow') return ways;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    ways.push(await placeOf(folder));
  }
  return ways;
}

/** Without links; of what is not there yet, in the folder that it will be in. @param path absolute */
async function placeOf(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined || path === dirname(path)) return found ?? path;
  return join(await placeOf(dirname(path)), basename(path));
}

function isWithin(outer: string, path: string): boolean {
  const way = relative(outer, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
