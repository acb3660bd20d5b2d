// What a result tells of the shards that its blocks were made of, as a schema: who carried each, and which were lost.
import { z } from 'zod';
import { amount, count, flag, orNull, share, text } from './parts.ts';

const shardNumber = count('Its index among the shards of the block, from 0.');

export const shardSchema = z
  .object({
    index: shardNumber,
    agent: text('Name of the agent that carried it.'),
    offered: count('Transfers that it offered, the warm-up included.'),
    cpuShare: share('Share of a core that its generator used.'),
    runQueueShare: orNull(share('Share of the time in which it waited for a free core; null where unknown.')),
    startedLateMs: amount('How long after the common start its load began, in milliseconds.'),
    clockOffsetMs: orNull(
      z
        .number()
        .describe(
          "The coordinator's monotonic clock minus the agent's, in milliseconds, measured through Redis; null without one.",
        ),
    ),
    clockErrorMs: orNull(amount('How wrong that may be: half the round trips, in milliseconds.')),
  })
  .meta({ id: 'shard', title: 'Shard', description: "An agent's part of a block." });

export const lostShardSchema = z
  .object({
    scenario: text('Name of the scenario.'),
    contestant: text('Name of the contestant.'),
    index: count('Index of the block; all blocks of the scenario with it are left out.'),
    shard: shardNumber,
    of: count('Shards of the block.'),
    agent: text('Name of the agent that had it; empty where none had taken it.'),
    reason: text('Why it counts as lost.'),
    again: flag('Whether these blocks were run again.'),
  })
  .meta({ id: 'lostShard', title: 'Lost shard', description: 'A part of a block that gave no numbers.' });

export const agentSchema = z
  .object({
    name: text('Its name.'),
    address: text('Where servers reach it.'),
    version: text('Its version of port20.'),
    cores: count('Processors that it may use.'),
    kernel: text('Release of its kernel.'),
    node: text('Its version of Node.'),
  })
  .meta({ id: 'agent', title: 'Agent', description: 'A machine, or a part of one, that carried load.' });
