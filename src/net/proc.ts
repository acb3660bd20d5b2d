// What Linux tells about itself in /proc: settings and counters. Null wherever it does not. One of them can be set, too.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** `net.ipv4.tcp_timestamps` → `1`; null when this system has no setting of that name. */
export function readSysctl(name: string): string | null {
  const text = readProc(sysctlPath(name));
  return text === null ? null : text.trim().replace(/\s+/g, ' ');
}

function sysctlPath(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`;
}

/** A counter of /proc/net/netstat's TcpExt, such as `TCPTimeWaitOverflow`; counts since boot. */
export function readTcpCounter(name: string): number | null {
  const [names = [], values = []] = (readProc('/proc/net/netstat') ?? '')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  const value = values[names.indexOf(name)];
  return names.includes(name) ? Number(value) : null;
}

/** RLIMIT_NOFILE, which Node raises to the hard limit when it starts; null where it cannot be read. */
export function readDescriptorLimit(): number | null {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readProc('/proc/self/limits') ?? '')?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}

/** What this process has open now. */
export function countDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length - 1; // one of them reads the folder
  } catch {
    return null;
  }
}

/**
 * Time that the main thread ran, and time in which it could have run but no core was free (/proc/self/schedstat: both in
 * nanoseconds since the thread began). Null where the kernel does not keep them.
 */
export function readThreadTimes(): { readonly runningMs: number; readonly waitingMs: number } | null {
  const [running, waiting] = (readProc('/proc/self/schedstat') ?? '').split(' ').map(Number);
  if (running === undefined || waiting === undefined) return null;
  return { runningMs: running / 1e6, waitingMs: waiting / 1e6 };
}

/** Sockets of this network namespace in TIME_WAIT; cheap, for the kernel keeps count. */
export function readTimeWaitCount(): number | null {
  const count = /^TCP:.* tw (\d+)/m.exec(readProc('/proc/net/sockstat') ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Sets `net.ipv4.tcp_timestamps` and the like, in the network namespace of this process. @throws Error of the file system */
export function writeSysctl(name: string, value: string): void {
  writeFileSync(sysctlPath(name), value);
}

/** The settings that change what is measured here; null where this system has none of that name. */
const NETWORK_SETTINGS = [
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.core.somaxconn',
] as const;

export function readNetworkSettings(): Record<string, string | null> {
  return Object.fromEntries(NETWORK_SETTINGS.map((name) => [name, readSysctl(name)]));
}
