// Why a run is shorter than its plan, where that is no reason for doubt.
import type { RunResult } from '../../../result/types.ts';
import { plural } from '../../words/format.ts';

/** Whatever ended it otherwise is among the cautions. */
export function endFindings({ endedBy, blocks, requested }: RunResult): string[] {
  if (endedBy !== 'conclusive') return [];
  const rounds = Math.max(0, ...blocks.map(({ index }) => index + 1));
  return [
    `The run ended after ${plural(rounds, 'block')} of each strategy, of ${requested.blocks} at the most: every comparison was settled.`,
  ];
}
