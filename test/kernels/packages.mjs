// What the lab takes from Debian: QEMU where it is not installed, a shell for the guest, kernels. Unpacked in a cache
// folder; nothing of this system is changed.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PreflightError } from '../../dist/errors.js';
import { debianPackage } from '../../dist/peers/packages.js';

const SYSTEM_QEMU = '/usr/bin/qemu-system-x86_64';
/** Small builds of the same sources, for virtual machines: half the download, and quicker up than the general ones. */
const META_PACKAGES = { 6.1: 'linux-image-cloud-amd64', 6.12: 'linux-image-6.12-cloud-amd64' };
export const DEBIAN_KERNELS = Object.keys(META_PACKAGES);
/** What lists sockets, and a link between two network namespaces; in this order (guest/init). */
const MODULES = [
  { folder: 'net/ipv4', name: 'inet_diag' },
  { folder: 'net/ipv4', name: 'tcp_diag' },
  { folder: 'drivers/net', name: 'veth' },
];
/** Where a boot header holds the offset of the version's text: Documentation/arch/x86/boot.rst. */
const VERSION_POINTER = 0x20e;
const VERSION_BASE = 0x200;
const MAGIC_AT = 0x202;

const onFetch = (name) => process.stderr.write(`fetching ${name}\n`);
const fetched = (name) => debianPackage(name, { onFetch });

/** @returns its file, environment and the arguments that have it find its firmware */
export async function qemu() {
  if (existsSync(SYSTEM_QEMU)) return { file: SYSTEM_QEMU, env: process.env, args: [] };
  const { folder, env } = await fetched('qemu-system-x86');
  // Of the same version, as the packages depend on each other.
  const modules = join((await fetched('qemu-system-common')).folder, 'usr/lib/x86_64-linux-gnu/qemu');
  const firmware = [];
  for (const name of ['qemu-system-data', 'seabios']) firmware.push((await fetched(name)).folder);
  const shares = firmware.flatMap((one) => ['qemu', 'seabios'].map((name) => join(one, 'usr/share', name)));
  return {
    file: join(folder, SYSTEM_QEMU),
    env: { ...env, QEMU_MODULE_DIR: modules },
    args: shares.filter((share) => existsSync(share)).flatMap((share) => ['-L', share]),
  };
}

export async function busybox() {
  return join((await fetched('busybox-static')).folder, 'bin/busybox');
}

/** @param release `6.1` or `6.12`. @returns as `kernelOf` */
export async function debianKernel(release) {
  const { folder } = await fetched(await imagePackage(META_PACKAGES[release]));
  const image = readdirSync(join(folder, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  return kernelOf(join(folder, 'boot', image), folder);
}

/** The package that a metapackage depends on: its name holds the version, which security updates change. */
async function imagePackage(meta) {
  const text = execFileSync('apt-cache', ['depends', meta], { encoding: 'utf8' });
  const name = /^ {2}Depends: (linux-image-\S+)/m.exec(text)?.[1];
  if (name !== undefined) return name;
  throw new PreflightError(
    `Debian's package lists do not know ${meta}: run apt-get update, with the security archive of Debian 12`,
  );
}

/**
 * @param image a bzImage; `root` is where its lib/modules may be
 * @returns the image, its version, and those of MODULES that are no part of it
 */
export function kernelOf(image, root = '/') {
  const version = versionOf(image);
  const modules = MODULES.flatMap(({ folder, name }) => {
    const place = join(root, 'lib/modules', version, 'kernel', folder);
    const present = existsSync(place) ? readdirSync(place) : [];
    return present.filter((file) => file.startsWith(`${name}.ko`)).map((file) => join(place, file));
  });
  return { image, version, modules };
}

function versionOf(image) {
  if (!existsSync(image)) throw new PreflightError(`there is no kernel image '${image}'`);
  const bytes = readFileSync(image);
  if (bytes.length < VERSION_BASE || bytes.toString('latin1', MAGIC_AT, MAGIC_AT + 4) !== 'HdrS') {
    throw new PreflightError(
      `'${image}' is no bootable x86 kernel image: name a vmlinuz or bzImage, not a vmlinux`,
    );
  }
  const start = bytes.readUInt16LE(VERSION_POINTER) + VERSION_BASE;
  return bytes.toString('latin1', start, bytes.indexOf(0, start)).split(' ')[0];
}

/** A program of this machine with the libraries that it is linked with. @param env of a package that was unpacked */
export function withLibraries(file, env = process.env) {
  const listed = execFileSync('ldd', [file], { encoding: 'utf8', env });
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path);
  return { file, libraries };
}
