// The schedule of a shard as text: what it starts in each block, and when. The lines of all shards, sorted, are those of one.
import { arrivalsOf, transfersOf } from '../../load/schedule.ts';
import { sizesOf } from '../../plan/draws.ts';
import { blockOrder } from '../../plan/order.ts';
import type { Plan, Scenario } from '../../plan/types.ts';
import { type ShardPlace, shardOf } from '../../run/shard.ts';
import { formatBytes } from '../../units.ts';

/** Of a closed workload, whose transfers have no time of their own, the first of each session. */
const OF_EACH_SESSION = 100;

/**
 * One line a transfer, each ended by a newline: `block scenario contestant index arrival 17 312.25 retr 4KiB`, with the
 * arrival's number and its milliseconds from the start of the block; of a closed workload
 * `… session 3 0 12.5 retr 4KiB`, with the session's number, the transfer's within it and the pause before it.
 */
export function scheduleLines(plan: Plan, shard: ShardPlace): string {
  return [...linesOf(plan, shard)].join('');
}

function* linesOf(plan: Plan, shard: ShardPlace): Generator<string> {
  for (const [place, spec] of blockOrder(plan).entries()) {
    const { scenario, contestant, index } = spec;
    const load = shardOf(plan, spec, shard, {
      ...{ server: { address: '', port: 0 }, uploadFolder: '', addressOf: () => '' },
      files: namedBySize(scenario),
    });
    const at = `${place} ${scenario.name} ${contestant.name} ${index}`;
    for (const { index: number, atMs, direction, file } of arrivalsOf(load)) {
      yield `${at} arrival ${number} ${atMs} ${direction} ${file.path}\n`;
    }
    if (scenario.workload.kind !== 'closed') continue;
    for (const { number } of load.sessions) {
      let n = 0;
      for (const { thinkMs, direction, file } of transfersOf(load, number, scenario.workload.thinkTime)) {
        if (n === OF_EACH_SESSION) break;
        yield `${at} session ${number} ${n++} ${thinkMs} ${direction} ${file.path}\n`;
      }
    }
  }
}

function namedBySize({ fileSize }: Scenario) {
  return sizesOf(fileSize).map(({ value: bytes, weight }) => ({
    value: { path: formatBytes(bytes), bytes, hash: '' },
    weight,
  }));
}
