// Reasons to trust the rates of a run less: it was cut short, blocks are invalid, nothing overlapped, something else was noted.
import { contestantsOf } from '../../../plan/contestants.ts';
import type { RunResult } from '../../../result/types.ts';
import { abortInWords } from '../../words/abort.ts';
import { enumerate, formatCount, plural } from '../../words/format.ts';
import { problemInWords } from '../../words/problems.ts';
import { cautionsInWords, hasNoOverlap } from '../../words/warnings.ts';
import { mergedCautions } from './merged.ts';

/** `warnings` of the result hold those of its blocks, too. What the answer says itself, and what explains speed alone, is not among them. */
export function cautions(result: RunResult): string[] {
  return [
    ...partiality(result),
    ...resumption(result),
    ...mergedCautions(result),
    ...invalidBlocks(result),
    ...withoutOverlap(result),
    ...cautionsInWords(result),
  ];
}

function partiality({ partial, endedBy, abortedBy, blocks, requested }: RunResult): string[] {
  if (!partial) return [];
  const planned = requested.scenarios.length * contestantsOf(requested).length * requested.blocks;
  const why = endedBy === 'max-time' ? 'was out of time' : 'was ended early';
  const were = blocks.length === 1 ? 'was' : 'were';
  const ran = `${formatCount(blocks.length)} of ${plural(planned, 'block')} ${were} run`;
  if (abortedBy === null) return [`The run ${why}: ${ran}.`];
  // Chosen by its own numbers: what ended the run at one moment might not have a little later.
  return [
    `The run ${why}: ${abortInWords(abortedBy)}. ${ran}: that is enough to stop, and too little for a claim about ${abortedBy.contestant}.`,
  ];
}

/** The host may have been another one in between, in all that its description does not tell. */
function resumption({ resumed }: RunResult): string[] {
  if (resumed.length === 0) return [];
  const times = resumed.map(({ at, blocksDone }) => {
    const moment = `${at.slice(0, 16).replace('T', ' ')} UTC`;
    return `${plural(blocksDone, 'block')} (${moment})`;
  });
  return [`The run was broken off and taken up again after ${enumerate(times)}.`];
}

function invalidBlocks({ blocks }: RunResult): string[] {
  const invalid = blocks.filter(({ valid }) => !valid);
  if (invalid.length === 0) return [];
  const reasons = counted(invalid.flatMap(({ problems }) => problems.map(problemInWords)));
  const were = invalid.length === 1 ? 'is invalid and left out' : 'are invalid and left out';
  return [`${invalid.length} of ${plural(blocks.length, 'block')} ${were}: ${reasons.join('; ')}.`];
}

/** Without two live sockets on L-1 at once nothing could have collided. */
function withoutOverlap({ strategies }: RunResult): string[] {
  return strategies
    .filter((strategy) => strategy.failed === 0 && strategy.completed > 0 && hasNoOverlap(strategy))
    .map(
      ({ contestant, scenario }) =>
        `${scenario}: ${contestant} never had two live sockets on L-1 at once, so its lack of failures proves nothing.`,
    );
}

/** Each text once, with the number of blocks that it comes from where that is more than one. */
function counted(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} blocks)`));
}
