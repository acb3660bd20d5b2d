// The machine that a run was made on: what one must know to judge its numbers or to repeat them.
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { readNetworkSettings } from '../net/proc.ts';
import type { Host } from './types.ts';

export function describeHost(truthTableDigest: string | null): Host {
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    truthTableDigest,
    sysctls: readNetworkSettings(),
  };
}
