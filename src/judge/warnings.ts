// What a reader of the result should know although its blocks are valid.
import { socketTableAvailable } from '../net/socket-table.ts';
import { contestantsOf } from '../plan/contestants.ts';
import { TIME_WAIT_SECONDS } from '../plan/time-wait.ts';
import type { Plan } from '../plan/types.ts';
import { isTelling } from '../result/telling.ts';
import type { BlockResult } from '../result/types.ts';
import { blocksForHolm } from '../stats/holm.ts';
import { doubtsAbout, doubtsAboutRun } from './doubts.ts';

export function runWarnings(plan: Plan, blocks: readonly BlockResult[]): string[] {
  return [
    ...fewBlocks(plan),
    ...cutShort(blocks),
    ...sharedAddress(plan),
    ...blindness(),
    ...doubtsAboutRun(blocks),
    ...otherWarnings(blocks),
  ];
}

/** With fewer, the sign-flip test cannot reach significance in all comparisons with the baseline (src/judge/README.md). */
function fewBlocks(plan: Plan): string[] {
  const strategies = contestantsOf(plan).length;
  const needed = blocksForHolm(Math.max(1, strategies - 1));
  if (strategies === 1 || plan.blocks >= needed) return [];
  const blocks = `${plan.blocks} ${plan.blocks === 1 ? 'block' : 'blocks'} of each strategy`;
  return [`${blocks} cannot support a claim about ${strategies} strategies: use ${needed} or more`];
}

function cutShort(blocks: readonly BlockResult[]): string[] {
  const cut = blocks.filter((block) => block.valid && !isTelling(block));
  if (cut.length === 0) return [];
  const cancelled = cut.reduce((sum, block) => sum + block.cancelled, 0);
  return [
    `${cut.length === 1 ? '1 block was' : `${cut.length} blocks were`} cut short with ${cancelled} transfers still running: left out of the rates`,
  ];
}

/** A block of the built-in server or of a peer has a new address; a target is where it is. */
function sharedAddress({ targets, restMs, blocks }: Plan): string[] {
  if (targets.length === 0 || blocks === 1 || restMs > TIME_WAIT_SECONDS * 1000) return [];
  return [
    'the blocks of a target share its address: each meets what the one before left in TIME_WAIT (rest: 61s lets it pass)',
  ];
}

function blindness(): string[] {
  if (socketTableAvailable()) return [];
  return ['the socket table cannot be read here: neither left-over sockets nor overlap could be checked'];
}

/** Warnings of single blocks that are no doubts of `doubts.ts`, each once. */
function otherWarnings(blocks: readonly BlockResult[]): string[] {
  const counts = new Map<string, number>();
  for (const block of blocks) {
    const known = doubtsAbout(block);
    for (const warning of block.warnings.filter((text) => !known.includes(text))) {
      const text = `${block.scenario}/${block.binder}: ${warning}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, n]) => (n > 1 ? `${text} (${n} blocks)` : text));
}
