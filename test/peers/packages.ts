// Debian packages, unpacked side by side in a cache folder: the FTP daemons conflict when they are installed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(tmpdir(), 'port20-peers');
/** What the daemons link to and a minimal system may not have. */
const LIBRARIES = [
  'libwrap0',
  'libhiredis0.14',
  'libmemcached11',
  'libmemcachedutil2',
  'libhashkit2',
  'libpcre2-posix3',
  'libsodium23',
];

/** The folder of an unpacked package; downloaded on the first call on this machine. */
export async function unpacked(name: string): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const download = join(CACHE, `${name}.download-${process.pid}`);
  await mkdir(download, { recursive: true });
  await downloaded(name, download);
  const [file] = (await readdir(download)).filter((one) => one.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get download ${name} brought no package`);
  await run('dpkg', ['-x', join(download, file), join(download, 'files')]);
  // Renamed when it is whole: a run that was interrupted leaves nothing that looks like a package.
  await rename(join(download, 'files'), folder);
  return folder;
}

async function downloaded(name: string, cwd: string): Promise<void> {
  const download = () => run('apt-get', ['-qq', 'download', name], { cwd });
  try {
    await download();
  } catch {
    await run('apt-get', ['update', '-qq']); // no lists yet, as in a fresh container
    await download();
  }
}

/** LD_LIBRARY_PATH for all daemons. */
export async function libraryPath(): Promise<string> {
  const folders: string[] = [];
  for (const name of LIBRARIES) {
    const lib = join(await unpacked(name), 'usr/lib');
    for (const triplet of await readdir(lib)) folders.push(join(lib, triplet));
  }
  return folders.join(':');
}

/** Programs that run from the system and not from the cache. @throws Error for one that cannot be had */
export async function installed(program: string, debianPackage: string): Promise<string> {
  const path = `/usr/bin/${program}`;
  if (!existsSync(path)) {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage]);
  }
  return path;
}
