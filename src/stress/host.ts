// The machine that a run was made on: what one must know to judge its numbers or to repeat them.
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { readSysctl } from '../net/proc.ts';
import type { Host } from './types.ts';

const SYSCTLS = [
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.core.somaxconn',
] as const;

export function describeHost(truthTableDigest: string | null): Host {
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    truthTableDigest,
    sysctls: Object.fromEntries(SYSCTLS.map((name) => [name, readSysctl(name)])),
  };
}
