// The guest's whole file system: this Node, the built port20 with what it depends on, a shell, and the questions.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Archive } from './cpio.mjs';
import { busybox, withLibraries } from './packages.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUEST = fileURLToPath(new URL('guest/', import.meta.url));
/** Who a bind is tried as besides root, and whom daemons run as. */
const USERS = [
  'root:x:0:0::/tmp:/bin/sh',
  'daemon:x:1:1::/tmp:/bin/sh',
  'nobody:x:65534:65534::/tmp:/bin/sh',
  '',
];
const GROUPS = ['root:x:0:', 'daemon:x:1:', 'nogroup:x:65534:', ''];

/**
 * @param path where it is written, uncompressed: a guest without KVM takes longer to unpack it than to read it
 * @param programs absolute names of programs of this machine, each with its libraries
 * @param trees folders of this machine that the guest has, too
 * @param files texts by the name that they have in the guest
 */
export async function writeInitramfs(
  path,
  { kernel, patienceMs, questions, programs = [], trees = [], files = {} },
) {
  const archive = new Archive(path);
  archive.addFile(await busybox(), '/bin/busybox');
  archive.add('/init', readFileSync(join(GUEST, 'init')), 0o100755);
  archive.addFile(join(GUEST, 'ask.mjs'), '/lab/ask.mjs');
  archive.add('/lab/questions.json', JSON.stringify({ patienceMs, questions }));
  archive.add('/etc/passwd', USERS.join('\n'));
  archive.add('/etc/group', GROUPS.join('\n'));
  archive.add('/etc/hosts', '127.0.0.1 localhost kernels\n');
  for (const module of kernel.modules) archive.addFile(module, join('/modules', basename(module)));
  addPrograms(archive, [{ file: process.execPath, as: '/bin/node' }, ...programs]);
  for (const tree of trees) archive.addTree(tree);
  for (const [name, text] of Object.entries(files)) archive.add(name, text);
  addPort20(archive);
  archive.close();
}

function addPrograms(archive, programs) {
  const libraries = new Set();
  for (const { file, as = file, env } of programs) {
    archive.addFile(file, as);
    for (const library of withLibraries(file, env).libraries) libraries.add(library);
  }
  for (const library of libraries) archive.addFile(library);
}

/** As it is installed for users: without what only its tests need. */
function addPort20(archive) {
  archive.addFile(join(ROOT, 'package.json'), '/port20/package.json');
  for (const folder of ['dist', 'fixtures']) archive.addTree(join(ROOT, folder), join('/port20', folder));
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'));
  for (const [name, { dev, devOptional }] of Object.entries(packages)) {
    if (dev || devOptional || !existsSync(join(ROOT, name))) continue;
    const nested = (one) => one.endsWith('/node_modules');
    archive.addTree(join(ROOT, name), join('/port20', name), { leaveOut: nested });
  }
}
