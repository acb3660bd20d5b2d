// What Linux tells about itself in /proc: settings and counters. Null wherever it does not.
import { readFileSync } from 'node:fs';

/** `net.ipv4.tcp_timestamps` → `1`; null when this system has no setting of that name. */
export function readSysctl(name: string): string | null {
  const text = readProc(`/proc/sys/${name.replaceAll('.', '/')}`);
  return text === null ? null : text.trim().replace(/\s+/g, ' ');
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

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
