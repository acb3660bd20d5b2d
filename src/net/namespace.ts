// Network namespaces without a name: each is there for as long as a descriptor or a process holds it. Linux only, as root.
import { closeSync, openSync } from 'node:fs';
import { SystemCallError } from './descriptor.ts';
import { FfiUnavailableError, loadKoffi } from './libc.ts';

export interface NetworkNamespace {
  /** For programs that take a namespace by a path, such as ip(8). */
  readonly path: string;
  /**
   * Runs `work` in it. What is synchronous alone is inside: sockets that it opens, /proc that it reads, processes that it
   * starts, which stay there.
   */
  inside<T>(work: () => T): T;
  /** Lets it go; it ends with the last process in it. */
  close(): void;
}

interface NamespaceCalls {
  unshare(flags: number): number;
  setns(fd: number, type: number): number;
  errno(): number;
}

/** linux/sched.h */
const CLONE_NEWNET = 0x40000000;
/** Of the calling thread: Node's own pool stays where it is. */
const OWN = '/proc/thread-self/ns/net';

let loaded: NamespaceCalls | undefined;

/** With a loopback interface that is down, and nothing else. @throws SystemCallError without the right to it, FfiUnavailableError */
export function createNetworkNamespace(): NetworkNamespace {
  const calls = namespaceCalls();
  const home = openSync(OWN, 'r');
  try {
    if (calls.unshare(CLONE_NEWNET) === -1) throw new SystemCallError('unshare', calls.errno());
    try {
      return held(openSync(OWN, 'r'));
    } finally {
      enter(home);
    }
  } finally {
    closeSync(home);
  }
}

function held(fd: number): NetworkNamespace {
  return {
    path: `/proc/${process.pid}/fd/${fd}`,
    inside(work) {
      const before = openSync(OWN, 'r');
      try {
        enter(fd);
        try {
          return work();
        } finally {
          enter(before);
        }
      } finally {
        closeSync(before);
      }
    },
    close: () => closeSync(fd),
  };
}

function enter(fd: number): void {
  const calls = namespaceCalls();
  if (calls.setns(fd, CLONE_NEWNET) === -1) throw new SystemCallError('setns', calls.errno());
}

function namespaceCalls(): NamespaceCalls {
  if (process.platform !== 'linux') {
    throw new FfiUnavailableError(`no network namespaces on ${process.platform}`);
  }
  loaded ??= load();
  return loaded;
}

function load(): NamespaceCalls {
  const { koffi, lib } = loadKoffi();
  return {
    unshare: lib.func('int unshare(int)'),
    setns: lib.func('int setns(int, int)'),
    errno: () => koffi.errno(),
  };
}
