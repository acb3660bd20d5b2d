// The blocks of a run's folder: a file each, named by its place in the plan's order, and beside it one of its transfers.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { type BlockSpec, blockOrder } from '../../plan/order.ts';
import type { Plan } from '../../plan/types.ts';
import { blockSchema } from '../../result/schema/block.ts';
import { isTelling } from '../../result/telling.ts';
import type { BlockResult } from '../../result/types.ts';
import type { FinishedBlock } from '../run.ts';
import { attemptLines, countLines } from './attempts-file.ts';
import { readChecked, saveDurably } from './saved-file.ts';

/** The result's block, and what the run had taken when it was over: the one cannot be on disk without the other. */
const savedBlockSchema = blockSchema.extend({ runElapsedMs: z.number().min(0) });

export interface SavedBlocks {
  /** By their place. */
  readonly blocks: ReadonlyMap<number, BlockResult>;
  /** What the run took until the last of them was over. */
  readonly elapsedMs: number;
}

function blockFile(place: number): string {
  return `${String(place + 1).padStart(4, '0')}.json`;
}

export function attemptsFileOf(folder: string, place: number): string {
  return join(folder, blockFile(place).replace('.json', '.ndjson'));
}

const BLOCK_FILE = /^(\d{4,})\.json$/;
const ATTEMPTS_FILE = /^\d{4,}\.ndjson$/;

/** A block, or the transfers of one. */
export function isOfBlock(name: string): boolean {
  return BLOCK_FILE.test(name) || ATTEMPTS_FILE.test(name);
}

const WAY_OUT = 'remove it, and its block is run again';

/**
 * Its transfers first, where they are kept: a block that is there has its own, whatever happens in between.
 * @throws PreflightError that names the file, for a full disk and the like
 */
export async function saveBlock(
  folder: string,
  { block, place, runElapsedMs, transfers }: FinishedBlock,
  { keepsAttempts, wayOut }: { readonly keepsAttempts: boolean; readonly wayOut: string },
): Promise<void> {
  if (keepsAttempts) {
    await saveDurably(attemptsFileOf(folder, place), attemptLines(block, transfers()), wayOut);
  }
  await saveDurably(
    join(folder, blockFile(place)),
    `${JSON.stringify({ ...block, runElapsedMs })}\n`,
    wayOut,
  );
}

/**
 * A block that was cut short, or is invalid because a process of it died, is run again.
 * @throws UsageError that names the file, for one that is damaged or none of the plan's order
 */
export async function readBlocks(folder: string, plan: Plan): Promise<SavedBlocks> {
  const order = blockOrder(plan);
  const blocks = new Map<number, BlockResult>();
  let elapsedMs = 0;
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const [, number] = BLOCK_FILE.exec(name) ?? [];
    if (number === undefined) continue;
    const [path, place] = [join(folder, name), Number(number) - 1];
    const { runElapsedMs, ...block } = await readChecked(path, savedBlockSchema, WAY_OUT);
    if (!isOf(block, order[place])) {
      throw new UsageError(`'${path}' is not block ${number} of this run's plan: ${WAY_OUT}`);
    }
    elapsedMs = Math.max(elapsedMs, runElapsedMs);
    if (isTelling(block)) blocks.set(place, block);
  }
  return { blocks, elapsedMs };
}

function isOf({ scenario, contestant, index }: BlockResult, spec: BlockSpec | undefined): boolean {
  return spec?.scenario.name === scenario && spec.contestant.name === contestant && spec.index === index;
}

/** The places of blocks whose transfers are there. */
export async function placesWithAttempts(folder: string): Promise<ReadonlySet<number>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => ATTEMPTS_FILE.test(name));
  return new Set(names.map((name) => Number.parseInt(name, 10) - 1));
}

/** Before any load, so that no run ends with a file that cannot be right. @throws UsageError that names the file */
export async function requireWholeAttempts(
  folder: string,
  blocks: ReadonlyMap<number, BlockResult>,
  places: Iterable<number>,
): Promise<void> {
  for (const place of places) {
    const { offered = 0, warmUp = 0 } = blocks.get(place) ?? {};
    const path = attemptsFileOf(folder, place);
    const [lines, transfers] = [await countLines(path), offered + warmUp];
    if (lines === transfers) continue;
    throw new UsageError(
      `'${path}' is damaged: ${lines} lines for ${transfers} transfers: remove '${join(folder, blockFile(place))}', and its block is run again`,
    );
  }
}
