// The machine that a probe looked at: what one must know to judge its answers.
import { arch, platform, release } from 'node:os';
import { readNetworkSettings } from '../net/proc.ts';
import type { ProbeHost } from './types.ts';

/** The settings that decide what sockets may do. */
export function describeHost(): ProbeHost {
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    sysctls: readNetworkSettings(),
  };
}
