// The machine that a run was made on: what one must know to judge its numbers or to repeat them.
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { isLoopback } from '../address.ts';
import { readDescriptorLimit, readNetworkSettings } from '../net/proc.ts';
import type { Host } from '../result/types.ts';
import type { Target } from './targets.ts';

/** @param agents the addresses of those that carry the load, where they are not processes of this machine */
export function hostOfRun(
  truthTableDigest: string | null,
  targets: readonly Target[] = [],
  agents: readonly string[] = [],
): Host {
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model.trim() ?? null,
    memoryBytes: totalmem(),
    descriptorLimit: finite(readDescriptorLimit()),
    loopback: [...targets.map(({ server }) => server.address), ...agents].every(isLoopback),
    truthTableDigest,
    sysctls: readNetworkSettings(),
  };
}

function finite(limit: number | null): number | null {
  return limit === Number.MAX_SAFE_INTEGER ? null : limit;
}
