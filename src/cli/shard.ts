// `port20 shard plan --shard 2/4 --start-at TIME`: one part of a run by itself, for machines that are started by other means.
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { SHARD_FORMAT, type ShardBlock, type ShardHeader, shardLine } from '../engine/shard/file.ts';
import { readShardPlan } from '../engine/shard/plan.ts';
import { blockStartsMs, runIdOf, runShard, type ShardRun } from '../engine/shard/run.ts';
import { scheduleLines } from '../engine/shard/schedule.ts';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { blockOrder } from '../plan/order.ts';
import { formatPlan } from '../plan/parse.ts';
import { quoted } from '../quoted.ts';
import { hostOfRun } from '../run/host.ts';
import { prepareTargets } from '../run/targets.ts';
import { VERSION } from '../version.ts';
import { EXIT } from './exit.ts';
import { checkFiles } from './files.ts';
import { obeySignals, untilInterrupted } from './interrupt.ts';
import { print, say } from './output.ts';
import type { ShardFlags } from './shard-flags.ts';
import { findTargets } from './targets.ts';

/** @returns 4 where a block could not be run */
export async function shard(command: Command): Promise<number> {
  const flags: ShardFlags = command.optsWithGlobals();
  const [planFile = ''] = command.args;
  const { shard: place, startAt, gap: gapMs, out = defaultOut(flags), quiet } = flags;
  if (place === undefined) throw new UsageError('name the part of the load, such as --shard 1/4');
  const plan = await readShardPlan(planFile, place);
  if (flags.printSchedule) {
    await print(scheduleLines(plan, place));
    return EXIT.ok;
  }
  if (startAt === undefined) {
    throw new UsageError('say when all shards begin, such as --start-at "$(date -Is -d +1min)"');
  }
  if (startAt <= Date.now()) {
    throw new UsageError(
      `--start-at ${new Date(startAt).toISOString()} is over: name a time that is to come`,
    );
  }
  obeySignals();
  await checkFiles({
    written: [{ by: '--out', path: out }],
    read: [
      { by: 'the plan', path: planFile },
      ...(flags.passwordFile === undefined ? [] : [{ by: '--password-file', path: flags.passwordFile }]),
    ],
  });
  const targets = await prepareTargets(plan, await findTargets(plan, flags));
  const run: ShardRun = { plan, shard: place, targets, startAtMs: startAt, gapMs };
  const blocks = blockOrder(plan).length;
  const lasts = Math.round(((blockStartsMs(plan, gapMs).at(-1) ?? 0) + startAt - Date.now()) / 1000);
  if (!quiet)
    say(
      `port20: run ${runIdOf(run)}, shard ${place.index + 1}/${place.of}: the last of ${blocks} blocks begins in ${lasts} s`,
    );
  const file = await openOut(out);
  let without = 0;
  try {
    await file.write(shardLine(headerOf(run)));
    const { interruptedBy } = await untilInterrupted(
      () => 'ending this block; once more to stop at once',
      async () => {},
      (signal) =>
        runShard(run, {
          signal,
          async onBlock(block: ShardBlock, spec) {
            await file.write(shardLine(block));
            if (!('lost' in block)) return;
            without++;
            say(
              `port20: ${spec.scenario.name}/${spec.contestant.name}, block ${spec.index + 1} is lost: ${block.lost}`,
            );
          },
        }),
    );
    if (interruptedBy !== undefined) return interruptedBy;
  } finally {
    await file.close();
  }
  if (!quiet) say(`port20: saved in ${quoted(out)}: put it beside the other shards, and port20 merge them`);
  return without === 0 ? EXIT.ok : EXIT.invalidRun;
}

function defaultOut({ shard: place }: ShardFlags): string {
  return `shard-${(place?.index ?? 0) + 1}-of-${place?.of ?? 1}.ndjson`;
}

function headerOf(run: ShardRun): ShardHeader {
  const { plan, shard: place, targets, startAtMs } = run;
  return {
    shardFormat: SHARD_FORMAT,
    run: runIdOf(run),
    version: VERSION,
    startAt: new Date(startAtMs).toISOString(),
    shard: place,
    plan: formatPlan(plan),
    host: hostOfRun(null, [...targets.values()]),
    targets: Object.fromEntries([...targets].map(([name, { server, file }]) => [name, { server, file }])),
  };
}

/** A line is on its way to the disk when its block is over: a shard that is killed keeps the blocks before. */
async function openOut(path: string) {
  const cannot = (cause: unknown) =>
    new PreflightError(`cannot write ${quoted(path)}: ${errorCodeOf(cause)}`, { cause });
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw cannot(cause);
  });
  return {
    async write(line: string): Promise<void> {
      try {
        await file.writeFile(line);
        await file.sync().catch(() => {}); // a pipe cannot be
      } catch (cause) {
        throw cannot(cause);
      }
    },
    close: () => file.close(),
  };
}
