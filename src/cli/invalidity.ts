// Whether the numbers of a result may be used: what is said when they may not, and the exit status.
import { problemInWords } from '../report/words/problems.ts';
import type { LostShard, RunResult } from '../result/types.ts';
import { EXIT } from './exit.ts';
import { say } from './output.ts';

/** Undefined for a valid and whole one; says what is wrong otherwise. */
export function invalidity(result: RunResult): number | undefined {
  const { lost = [] } = result;
  const given = lost.filter(({ again }) => !again);
  if (given.length > 0) {
    const ends = given.map(({ scenario, index }) => `${scenario} ${index + 1}`);
    say(
      `port20: the result is incomplete: blocks ${[...new Set(ends)].join(', ')} lost a part: ${reasonOf(given)}`,
    );
  }
  if (result.valid) return given.length > 0 ? EXIT.invalidRun : undefined;
  const invalid = result.blocks.filter((block) => !block.valid);
  say(
    `port20: the result is invalid: ${invalid.length} of ${result.blocks.length} blocks, first: ${firstProblem(invalid)}`,
  );
  return EXIT.invalidRun;
}

function reasonOf([first]: readonly LostShard[]): string {
  if (first === undefined) return '';
  const { agent, shard, of, reason } = first;
  return `${agent === '' ? `shard ${shard + 1}/${of}` : `agent ${agent}`}: ${reason}`;
}

function firstProblem([block]: RunResult['blocks']): string {
  return block === undefined
    ? 'none was run'
    : `${block.scenario}/${block.contestant}: ${block.problems.map(problemInWords)[0]}`;
}
