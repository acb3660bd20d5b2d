// Runs that keep their blocks in a folder: what is in it, when it comes, and which processes belong to the run.
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { RunResult } from '../../../src/result/types.ts';
import { isAlive } from '../../cli/stressing.ts';

/** Of the folder `blocks`, with their content. */
export function blocksIn(run: string): Record<string, string> {
  const folder = join(run, 'blocks');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** The blocks that it has, in their order, as the result has them. */
export function savedBlocks(run: string): unknown[] {
  const files = Object.entries(blocksIn(run)).filter(([name]) => name.endsWith('.json'));
  return files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => withoutTime(text));
}

/** A saved block, without the time that the run had taken by then. */
export function withoutTime(text: string): unknown {
  const { runElapsedMs: _, ...block } = JSON.parse(text);
  return block;
}

/** Lines of a file of `--attempts`: of which block, and how many, in their order. Throws for half a line. */
export function linesOf(file: string): [string, number][] {
  const text = readFileSync(file, 'utf8');
  const counts = new Map<string, number>();
  for (const line of text === '' ? [] : text.slice(0, -1).split('\n')) {
    const { scenario, contestant, block } = JSON.parse(line);
    const name = `${scenario}/${contestant}/${block}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (text !== '' && !text.endsWith('\n')) throw new Error(`'${file}' ends in half a line`);
  return [...counts];
}

/** The transfers of a result in the same form. */
export function transfersOf({ blocks }: Pick<RunResult, 'blocks'>): [string, number][] {
  return blocks
    .map(({ scenario, contestant, index, offered, warmUp }): [string, number] => [
      `${scenario}/${contestant}/${index}`,
      offered + warmUp,
    ])
    .filter(([, count]) => count > 0);
}

export function savedResult(run: string): RunResult {
  return JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'));
}

/** What the schedule says of each block: with the same seed as many arrivals fall into it. */
export function scheduleOf({ blocks }: RunResult) {
  return blocks.map(({ scenario, contestant, index, offered }) => ({ scenario, contestant, index, offered }));
}

/** Resolves once `path` is there, whose folder is; Jest's timeout ends what never happens. */
export async function appears(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  try {
    await new Promise<void>((resolve) => {
      const look = () => existsSync(path) && resolve();
      watcher.on('change', look);
      look(); // it may have come before the watcher did
    });
  } finally {
    watcher.close();
  }
}

/** Living processes with this text in their environment, which children inherit wherever their parent goes. */
export function processesWith(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).includes(text) && isAlive(pid));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // gone meanwhile
  }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** Until the kernel has done it. */
export async function gone(pids: () => readonly number[]): Promise<void> {
  while (pids().length > 0) await delay(10);
}
