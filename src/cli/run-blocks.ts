// The blocks of a run's folder: a file each, named by its place in the plan's order.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { blockSchema } from '../stress/result-schema-block.ts';
import type { BlockSpec } from '../stress/schedule.ts';
import { isTelling } from '../stress/telling.ts';
import type { BlockResult } from '../stress/types.ts';
import { readChecked } from './saved-file.ts';

export function blockFile(place: number): string {
  return `${String(place + 1).padStart(4, '0')}.json`;
}

const BLOCK_FILE = /^(\d{4,})\.json$/;

export function isBlockFile(name: string): boolean {
  return BLOCK_FILE.test(name);
}

const WAY_OUT = 'remove it, and its block is run again';

/**
 * By their place. A block that was cut short, or is invalid because a process of it died, is run again.
 * @throws UsageError that names the file, for one that is damaged or none of this order
 */
export async function readBlocks(
  folder: string,
  order: readonly BlockSpec[],
): Promise<ReadonlyMap<number, BlockResult>> {
  const blocks = new Map<number, BlockResult>();
  for (const name of await readdir(folder).catch(() => [])) {
    const [, number] = BLOCK_FILE.exec(name) ?? [];
    if (number === undefined) continue;
    const [path, place] = [join(folder, name), Number(number) - 1];
    const block = await readChecked(path, blockSchema, WAY_OUT);
    if (!isOf(block, order[place])) {
      throw new UsageError(`'${path}' is not block ${number} of this run's plan: ${WAY_OUT}`);
    }
    if (isTelling(block)) blocks.set(place, block);
  }
  return blocks;
}

function isOf({ scenario, binder, index }: BlockResult, spec: BlockSpec | undefined): boolean {
  return spec?.scenario.name === scenario && spec.strategy.name === binder && spec.index === index;
}
