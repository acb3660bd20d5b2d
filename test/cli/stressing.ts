// Runs of `port20 stress` in progress: when their load has begun, their processes, and what came of them.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../src/address.ts';
import { readSocketsAt, readSocketTable, socketOwners } from '../../src/net/socket-table.ts';
import type { RunResult, StrategyResult } from '../../src/result/types.ts';
import type { Running } from './port20.ts';

export function strategy(result: RunResult, contestant: string): StrategyResult {
  const found = result.strategies.find((one) => one.contestant === contestant);
  if (found === undefined) throw new Error(`no ${contestant} in the result`);
  return found;
}

/** Resolves once a data connection of the first block has ended, and others may be under way. */
export async function loadBegun(stress: Running): Promise<void> {
  await stress.stderrMatch(/block 1 of/);
  await transferEnded(processesOf(stress).generator);
}

/** The same for any block: that behind the one of `serverBefore`. */
export async function transferEnded(generator: number, serverBefore?: Endpoint): Promise<void> {
  for (;;) {
    const server = serverOf(generator);
    const data = server && { ...server, port: server.port - 1 };
    if (data?.address !== serverBefore?.address && data && readSocketsAt(data, ['TIME_WAIT']).length > 0)
      return;
    await delay(2); // a look takes time that the run needs, too
  }
}

/** Its control connections lead to an odd port (2121, 2123, …), its data connections come from the even one below. */
function serverOf(generator: number): Endpoint | undefined {
  const owners = socketOwners([generator]);
  return readSocketTable().find(({ inode, remote }) => owners.has(inode) && remote.port % 2 === 1)?.remote;
}

export type Role = 'server' | 'generator' | 'worker';

/** The first of each; 0 for none. */
export function processesOf({ child }: Running): Record<Role, number> {
  const children = childrenOf(child.pid ?? 0);
  const server = children.find((pid) => commandLineOf(pid).includes('server-host')) ?? 0;
  const generator = children.find((pid) => commandLineOf(pid).includes('generator.js')) ?? 0;
  const [worker = 0] = server === 0 ? [] : childrenOf(server);
  return { server, generator, worker };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function commandLineOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}

/** A zombie that nobody has waited for yet is dead. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
