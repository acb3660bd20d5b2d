// Another user in place of root, with one capability kept: the right to bind ports below 1024. Linux only.

import { SystemCallError } from './descriptor.ts';
import { FfiUnavailableError, loadKoffi } from './libc.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Its own group. */
  readonly gid: number;
}

/** Node's own, of which its types lack one: they change the ids of all threads. */
type SetIds = Record<'setgid' | 'setuid', (id: number) => void> & {
  initgroups(name: string, gid: number): void;
};

interface PrivilegeCalls {
  getpwnam(name: string): unknown;
  getgrnam(name: string): unknown;
  prctl(option: number, a: number, b: number, c: number, d: number): number;
  capset(header: Buffer, data: Buffer): number;
  execve(path: string, argv: readonly (string | null)[], env: readonly (string | null)[]): number;
  fcntl(fd: number, command: number, argument: number): number;
  errno(): number;
  /** A 32-bit field of a struct of C, behind `pointers` pointers and `numbers` numbers. */
  numberAt(struct: unknown, pointers: number, numbers: number): number;
}

/** fcntl.h, linux/prctl.h, linux/capability.h */
const F_SETFD = 2;
const PR_SET_KEEPCAPS = 8;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_RAISE = 2;
const LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const CAP_NET_BIND_SERVICE = 10;

let loaded: PrivilegeCalls | undefined;

/** By the C library, so that users of directories (NSS) are found, too. @throws FfiUnavailableError */
export function findUser(name: string): Account | undefined {
  const calls = privilegeCalls();
  const entry = calls.getpwnam(name);
  if (entry === null) return undefined;
  return { name, uid: calls.numberAt(entry, 2, 0), gid: calls.numberAt(entry, 2, 1) };
}

/** @returns its number. @throws FfiUnavailableError */
export function findGroup(name: string): number | undefined {
  const calls = privilegeCalls();
  const entry = calls.getgrnam(name);
  return entry === null ? undefined : calls.numberAt(entry, 2, 0);
}

/**
 * Gives root up for `account`. With `mayBindAll` CAP_NET_BIND_SERVICE is kept, as an ambient one: programs that this
 * process becomes or starts have it, too. It stands to this thread alone (capabilities(7)); let `becomeProgram` follow,
 * behind which all threads are alike. @throws SystemCallError, FfiUnavailableError, Node's errors of set*id(2)
 */
export function becomeUser({ name, uid, gid }: Account, { mayBindAll }: { mayBindAll: boolean }): void {
  const calls = privilegeCalls();
  const { setgid, initgroups, setuid } = process as unknown as SetIds;
  if (mayBindAll) control(calls, PR_SET_KEEPCAPS, 1);
  setgid(gid);
  initgroups(name, gid);
  setuid(uid);
  if (mayBindAll) {
    setOnlyCapability(calls, CAP_NET_BIND_SERVICE);
    control(calls, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE);
  }
  control(calls, PR_SET_NO_NEW_PRIVS, 1); // nothing that it starts gets them back, by set-user-ID or otherwise
}

/**
 * execve(2): the program takes the place of this one under the same number, and keeps the descriptors 0, 1 and 2. Returns
 * only when it fails. @throws SystemCallError, FfiUnavailableError
 */
export function becomeProgram(path: string, argv: readonly string[], env: NodeJS.ProcessEnv): never {
  const calls = privilegeCalls();
  // Node marks all descriptors that it was started with as its own (close-on-exec).
  for (const fd of [0, 1, 2]) calls.fcntl(fd, F_SETFD, 0);
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  calls.execve(path, [...argv, null], [...settings, null]);
  throw new SystemCallError('execve', calls.errno());
}

function setOnlyCapability(calls: PrivilegeCalls, capability: number): void {
  const header = Buffer.alloc(8); // its second word, the process: this one
  header.writeUInt32LE(LINUX_CAPABILITY_VERSION_3, 0);
  // Two structs of effective, permitted, inheritable: capabilities 0 to 31, and the others.
  const data = Buffer.alloc(24);
  for (const offset of [0, 4, 8]) data.writeUInt32LE(1 << capability, offset);
  if (calls.capset(header, data) === -1) throw new SystemCallError('capset', calls.errno());
}

function control(calls: PrivilegeCalls, option: number, a: number, b = 0): void {
  if (calls.prctl(option, a, b, 0, 0) === -1) throw new SystemCallError('prctl', calls.errno());
}

function privilegeCalls(): PrivilegeCalls {
  loaded ??= load();
  return loaded;
}

function load(): PrivilegeCalls {
  if (process.platform !== 'linux') throw new FfiUnavailableError(`no capabilities on ${process.platform}`);
  const { koffi, lib } = loadKoffi();
  const pointerBytes = koffi.sizeof('void *');
  return {
    getpwnam: lib.func('void *getpwnam(const char *)'),
    getgrnam: lib.func('void *getgrnam(const char *)'),
    prctl: lib.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)'),
    capset: lib.func('int capset(void *, const void *)'),
    execve: lib.func('int execve(const char *, const char **, const char **)'),
    fcntl: lib.func('int fcntl(int, int, long)'),
    errno: () => koffi.errno(),
    numberAt: (struct, pointers, numbers) =>
      koffi.decode(struct as never, pointers * pointerBytes + numbers * 4, 'uint32_t') as number,
  };
}
