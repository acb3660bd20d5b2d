// The machine that a probe looked at: what one must know to judge its answers.
import { arch, platform, release } from 'node:os';
import { readSysctl } from '../net/proc.ts';
import type { ProbeHost } from './types.ts';

/** The settings that decide what sockets may do. */
const SYSCTLS = [
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.core.somaxconn',
] as const;

export function describeHost(): ProbeHost {
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    sysctls: Object.fromEntries(SYSCTLS.map((name) => [name, readSysctl(name)])),
  };
}
