// An archive of files as the kernel unpacks it at boot: cpio in the form `newc` (Documentation/driver-api/early-userspace/buffer-format).
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = 0o040755;
const LINK = 0o120777;

/** Written as it grows: what it holds is some 150 MB. Whoever opened it closes it. */
export class Archive {
  #file;
  #inode = 1;
  #folders = new Set(['.', '/']);

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  /** @param name absolute, as the guest sees it; the folders above it are made */
  add(name, content, mode = 0o100644) {
    this.#folder(dirname(name));
    this.#entry(name, mode, Buffer.from(content));
  }

  addLink(name, target) {
    this.#folder(dirname(name));
    this.#entry(name, LINK, Buffer.from(target));
  }

  /** A file of this machine, with its permissions; what a link leads to stands where the link stood. */
  addFile(path, name = path) {
    const real = realpathSync(path);
    this.add(name, readFileSync(real), 0o100000 | (lstatSync(real).mode & 0o777));
  }

  /** A folder of this machine with all that is in it. */
  addTree(path, name = path, { leaveOut = () => false } = {}) {
    this.#folder(name);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const [from, to] = [join(path, entry.name), join(name, entry.name)];
      if (leaveOut(from)) continue;
      if (entry.isSymbolicLink()) this.addLink(to, readlinkSync(from));
      else if (entry.isDirectory()) this.addTree(from, to, { leaveOut });
      else if (entry.isFile()) this.addFile(from, to);
    }
  }

  close() {
    this.#entry('TRAILER!!!', 0, Buffer.alloc(0));
    closeSync(this.#file);
  }

  #folder(name) {
    if (this.#folders.has(name)) return;
    this.#folder(dirname(name));
    this.#folders.add(name);
    this.#entry(name, FOLDER, Buffer.alloc(0));
  }

  #entry(name, mode, content) {
    const path = Buffer.from(`${name.replace(/^\//, '')}\0`);
    // inode, mode, uid, gid, links, mtime, size, major and minor of the device and of the special file, name's length, check
    const fields = [this.#inode++, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0];
    const header = Buffer.from(`070701${fields.map((one) => one.toString(16).padStart(8, '0')).join('')}`);
    this.#write(padded(Buffer.concat([header, path])));
    this.#write(padded(content));
  }

  #write(bytes) {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
  }
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
