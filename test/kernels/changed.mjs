// Debian's 6.12 built twice from its sources in a small configuration: as it is, and with one statement added. When
// SO_REUSEADDR costs the same at any number of sockets with it and not without, that statement is what was missing.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PreflightError } from '../../dist/errors.js';
import { cacheFolder } from '../../dist/peers/cache.js';
import { debianPackage } from '../../dist/peers/packages.js';
import { kernelOf } from './packages.mjs';

const execute = promisify(execFile);
const SOURCE = 'linux-source-6.12';
const CONFIG = fileURLToPath(new URL('small.config', import.meta.url));
/** In inet_csk_get_port(), where the bind bucket of a port is made for its first socket. */
const FILE = 'net/ipv4/inet_connection_sock.c';
const PLACE = '\t\tbhash_created = true;\n';
const STATEMENT = '\t\ttb->fastreuse = reuse;\n';
/** What a build needs of the system itself; the rest is fetched. */
const COMPILER = ['gcc', 'make', 'ld', 'tar', 'xz'];

const SYSTEM_LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];

const say = (text) => process.stderr.write(`${text}\n`);

/** Two kernels, built on the first call on this machine. @throws PreflightError for what is missing here */
export async function changedKernels() {
  const folder = join(await cacheFolder(), 'kernels-built');
  const [plain, changed] = ['as-it-is', 'changed'].map((name) => join(folder, `bzImage-6.12-${name}`));
  if (!existsSync(plain) || !existsSync(changed)) await build(folder, plain, changed);
  return [
    { name: ' (built as it is)', ...kernelOf(plain) },
    { name: ' (built with one statement)', fastPath: 'present', ...kernelOf(changed) },
  ];
}

async function build(folder, plain, changed) {
  for (const program of COMPILER) {
    await execute(program, ['--version']).catch((cause) => {
      throw new PreflightError(`--changed needs ${program}: install gcc, make, binutils and xz-utils`, {
        cause,
      });
    });
  }
  await mkdir(folder, { recursive: true });
  const env = await buildEnvironment(folder);
  const tree = await sources(folder);
  await configured(tree, env);
  await builtWith(tree, '', plain, env);
  await builtWith(tree, STATEMENT, changed, env);
}

/** flex, bison and libelf are asked for by the kernel's own tools. */
async function buildEnvironment(folder) {
  const onFetch = (name) => say(`fetching ${name}`);
  const folders = {};
  for (const name of ['flex', 'bison', 'm4', 'libelf-dev', 'bc']) {
    folders[name] = await debianPackage(name, { onFetch });
  }
  const bins = ['flex', 'bison', 'm4', 'bc'].map((name) => join(folders[name].folder, 'usr/bin'));
  const libelf = folders['libelf-dev'];
  const libraries = [await libelfFolder(folder, libelf), libelf.env.LD_LIBRARY_PATH].join(':');
  return {
    ...process.env,
    PATH: [...bins, process.env.PATH].join(':'),
    M4: join(folders.m4.folder, 'usr/bin/m4'),
    BISON_PKGDATADIR: join(folders.bison.folder, 'usr/share/bison'),
    // For headers, and for libraries while linking and running.
    C_INCLUDE_PATH: join(libelf.folder, 'usr/include'),
    LIBRARY_PATH: libraries,
    LD_LIBRARY_PATH: libraries,
    KBUILD_BUILD_TIMESTAMP: '1970-01-01',
  };
}

/** With a libelf.so: the package's leads to the library itself, which is in another place where the system has that. */
async function libelfFolder(folder, { env }) {
  const own = join(folder, 'lib');
  await mkdir(own, { recursive: true });
  const places = [...env.LD_LIBRARY_PATH.split(':'), ...SYSTEM_LIBRARIES];
  const library = places.map((place) => join(place, 'libelf.so.1')).find((path) => existsSync(path));
  if (library === undefined) throw new PreflightError('--changed needs libelf.so.1: install libelf1');
  await rm(join(own, 'libelf.so'), { force: true });
  await symlink(library, join(own, 'libelf.so'));
  return own;
}

/** Unpacked once. */
async function sources(folder) {
  const tree = join(folder, SOURCE);
  if (existsSync(tree)) return tree;
  const { folder: unpacked } = await debianPackage(SOURCE, { onFetch: (name) => say(`fetching ${name}`) });
  const work = join(folder, 'unpacking');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  say(`unpacking ${SOURCE}`);
  await execute('tar', ['-C', work, '-xJf', join(unpacked, 'usr/src', `${SOURCE}.tar.xz`)]);
  await rename(join(work, SOURCE), tree);
  return tree;
}

/** All that a guest needs and hardly more: the smallest kernel, and the lines of small.config on top of it. */
async function configured(tree, env) {
  await make(tree, ['allnoconfig'], { ...env, KCONFIG_ALLCONFIG: CONFIG });
}

async function builtWith(tree, statement, image, env) {
  const path = join(tree, FILE);
  const whole = await readFile(path, 'utf8');
  const plain = whole.replace(STATEMENT, '');
  if (plain.split(PLACE).length !== 2) {
    throw new PreflightError(`${FILE} of ${SOURCE} is not what it was: '${PLACE.trim()}' is not in it once`);
  }
  await writeFile(path, plain.replace(PLACE, `${PLACE}${statement}`));
  say(`building ${image}`);
  await make(tree, [`-j${availableParallelism()}`, 'bzImage'], env);
  await copyFile(join(tree, 'arch/x86/boot/bzImage'), `${image}.new`);
  await rename(`${image}.new`, image);
}

/** @throws PreflightError with the last lines of what it said */
async function make(cwd, args, env) {
  const child = spawn('make', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  let said = '';
  const keep = (text) => {
    said = `${said}${text}`.slice(-10_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [status] = await once(child, 'close');
  process.off('exit', kill);
  if (status === 0) return;
  const last = said.trim().split('\n').slice(-10).join('\n  ');
  throw new PreflightError(`make ${args.join(' ')} of ${SOURCE} ended with ${status}:\n  ${last}`);
}
