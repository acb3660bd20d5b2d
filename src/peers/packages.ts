// Debian packages, unpacked in a cache folder with the libraries that this system lacks: the daemons conflict as
// installed packages, and nothing of the system is changed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { cacheFolder } from './cache.ts';
import { installedPackages, missingPackages } from './dependencies.ts';
import { lastLine } from './requirements.ts';
import type { PeerOptions } from './types.ts';

const execute = promisify(execFile);
/** The list of all packages' dependencies is long. */
const OUTPUT = { maxBuffer: 64 * 2 ** 20 };
const WAY_OUT = 'or name a running server with --target';

/** Ends with this process: what would go on fetching into a folder that is removed would make it again. */
async function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; maxBuffer?: number } = {},
) {
  const running = execute(file, args, options);
  const end = () => running.child.kill('SIGKILL');
  process.once('exit', end);
  try {
    return await running;
  } finally {
    process.off('exit', end);
  }
}

export interface DebianPackage {
  /** Where its files are, as if that were `/`. */
  readonly folder: string;
  /** Has the loader find its libraries. */
  readonly env: NodeJS.ProcessEnv;
}

type Fetching = Pick<PeerOptions, 'onFetch'>;

/** Downloaded on the first call on this machine. @throws PreflightError when it cannot be had */
export async function debianPackage(name: string, { onFetch }: Fetching = {}): Promise<DebianPackage> {
  const cache = await cacheFolder();
  const folder = join(cache, `${name}.unpacked`);
  if (!existsSync(folder)) {
    onFetch?.(name);
    await fetched(name, cache, folder);
  }
  return { folder, env: { ...process.env, LD_LIBRARY_PATH: await libraryPath(folder) } };
}

/** One program of it. `path` is relative to `/`. */
export async function debianProgram(
  name: string,
  path: string,
  fetching: Fetching = {},
): Promise<{ readonly file: string; readonly env: NodeJS.ProcessEnv }> {
  const { folder, env } = await debianPackage(name, fetching);
  return { file: join(folder, path), env };
}

async function fetched(name: string, cache: string, folder: string): Promise<void> {
  const { path: work, remove } = await temporaryFolder('port20-download-', 'packages', cache);
  try {
    await withPackageLists(work, (options) => download(name, work, options));
    for (const file of (await readdir(work)).filter((one) => one.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(work, file), join(work, 'files')]);
    }
    // Renamed when it is whole: what was interrupted leaves nothing that looks like a package.
    await rename(join(work, 'files'), folder).catch((error) => {
      if (!existsSync(folder)) throw error; // else another process was first
    });
  } catch (cause) {
    throw unavailable(name, cause);
  } finally {
    await remove();
  }
}

/** With the system's package lists; where it has none, or old ones, with new ones of our own. */
async function withPackageLists(
  work: string,
  attempt: (aptOptions: readonly string[]) => Promise<void>,
): Promise<void> {
  try {
    await attempt([]);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') throw error;
    const [lists, archives] = [join(work, 'lists'), join(work, 'cache')];
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(archives, 'archives', 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${archives}`];
    const updating = ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update'];
    const failure = await run('apt-get', [...own, ...updating]).catch((reason: unknown) => reason);
    // One source of many may have failed, which need not matter.
    await attempt(own).catch((reason) => {
      throw failure instanceof Error ? failure : reason;
    });
  }
}

async function download(name: string, cwd: string, aptOptions: readonly string[]): Promise<void> {
  const kinds = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const only = kinds.map((kind) => `--no-${kind}`);
  const tree = await run('apt-cache', [...aptOptions, 'depends', '--recurse', ...only, name], OUTPUT);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
  const known = await run('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n'], OUTPUT);
  const wanted = missingPackages(name, tree.stdout, installedPackages(known.stdout));
  await run('apt-get', [...aptOptions, '-qq', 'download', ...wanted], { cwd });
}

/** LD_LIBRARY_PATH: the folders of this machine's architecture. */
async function libraryPath(folder: string): Promise<string> {
  const found: string[] = [];
  for (const lib of [join(folder, 'usr/lib'), join(folder, 'lib')]) {
    const entries = existsSync(lib) ? await readdir(lib) : [];
    found.push(...entries.filter((one) => one.includes('-linux-')).map((one) => join(lib, one)));
  }
  return found.join(':');
}

function unavailable(name: string, cause: unknown): PreflightError {
  if (errorCodeOf(cause) === 'ENOENT') {
    const program = (cause as { path?: string }).path ?? 'apt-get';
    const message = `the Debian package '${name}' cannot be had without ${program}: use Debian, ${WAY_OUT}`;
    return new PreflightError(message, { cause });
  }
  const stderr = (cause as { stderr?: string }).stderr ?? '';
  const reason = /^E: .*/m.exec(stderr)?.[0] ?? lastLine(String(cause));
  const message = `the Debian package '${name}' cannot be downloaded (${reason}): check the network, ${WAY_OUT}`;
  return new PreflightError(message, { cause });
}
