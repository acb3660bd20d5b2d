// Files laid before a case and found after it: content is bytes, a folder, or the one large file, which is told by its hash.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { bytes, FOLDER } from './content.mjs';
import { LARGE } from './features.mjs';

const LARGE_BYTES = 100_000_000;
/** Of the large file, laid once and linked into each case. */
let large;

/** Makes the large file in `folder`, which must be on the file system of all cases. */
export async function layLarge(folder) {
  const path = join(folder, 'large.bin');
  const block = bytes(1_000_000, 'large');
  const file = await open(path, 'w');
  for (let n = 0; n < LARGE_BYTES / block.length; n++) {
    block.writeUInt32BE(n); // no two blocks are alike
    await file.write(block);
  }
  await file.close();
  large = { path, hash: await hashOf(path) };
}

/** @param modified of all files, when given */
export async function lay(folder, files = {}, modified = undefined) {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(content === FOLDER ? path : dirname(path), { recursive: true });
    if (content === FOLDER) continue;
    if (content === LARGE) await link(large.path, path);
    else await writeFile(path, content);
    if (modified !== undefined) await utimes(path, modified, modified);
  }
}

/** Every file, and every folder that is empty, by its path. */
export async function pathsUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ path: join(entry.parentPath ?? entry.path, entry.name), entry }));
  const parents = new Set(paths.map(({ path }) => dirname(path)));
  return paths.filter(({ path }) => !parents.has(path)).map(({ path }) => relative(folder, path));
}

/** @returns what is wrong with `name` under `folder`, or undefined. `content` null: nothing must be there. */
export async function wrongWith(folder, name, content) {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (content === null) return found && `'${name}' is there`;
  if (!found) return `'${name}' is not there`;
  if (content === FOLDER) return found.isDirectory() ? undefined : `'${name}' is no folder`;
  if (content === LARGE) {
    if (found.size !== LARGE_BYTES) return `'${name}' has ${found.size} bytes of ${LARGE_BYTES}`;
    return (await hashOf(path)) === large.hash ? undefined : `'${name}' has another hash`;
  }
  const held = found.isDirectory() ? undefined : await readFile(path);
  if (held?.equals(content)) return undefined;
  return `'${name}' has ${held?.length ?? 'a folder and no'} bytes, not the ${content.length} that it should have${
    held && content.length < 200 ? `: ${JSON.stringify(held.toString())}` : ''
  }`;
}

async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
