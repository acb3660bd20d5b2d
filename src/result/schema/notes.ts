// Why a block is invalid, and what a reader should know of one that is not: an id each, with its values and no words.
import { z } from 'zod';
import { count, share, text } from './parts.ts';

/** One kind of note. The words that it becomes are report/'s: nobody reads a note by matching text. */
function note<const Id extends string, Values extends z.ZodRawShape>(
  id: Id,
  meaning: string,
  values: Values,
) {
  return z.object({ id: z.literal(id).describe(meaning), ...values });
}

/** What a result of an earlier format said in words of its own: told as it is, and never matched. */
const formerText = note('text', 'Words of a result of format version 1 or 2.', {
  text: text('What it said.'),
});

export const problemSchema = z.discriminatedUnion('id', [
  note('outcomes-do-not-add-up', 'Offered is not the sum of the outcomes.', {
    offered: count('Transfers that were offered.'),
    completed: count('Transfers that completed.'),
    failed: count('Transfers that failed.'),
    cancelled: count('Transfers that the run itself ended.'),
    dropped: count('Arrivals that found no idle session.'),
  }),
  note('nothing-offered', 'No transfer was offered.', {}),
  note('left-over-sockets', 'The data port was not free when the block began.', {
    sockets: count('Sockets that were on it, TIME_WAIT included.'),
  }),
  note('server-gone', 'Every session was lost.', {}),
  note('unequal-bytes', 'Client and server count other bytes of the same transfers.', {
    transfers: count('How many.'),
  }),
  note('contradictory-ends', 'Client and server tell another end of the same transfers.', {
    transfers: count('How many.'),
  }),
  note('transfers-without-record', 'Transfers of which the server has no record.', {
    transfers: count('How many.'),
  }),
  note('records-without-transfer', "Records of the server's that belong to no transfer.", {
    records: count('How many.'),
  }),
  note('broken-off', 'The block gave no numbers: a process behind it failed or died.', {
    reason: text("The error's own message."),
  }),
  note('generator-saturated', "The load was not the plan's: a generator had no time to spare.", {
    generator: text('Name of the agent, or of the generator process.'),
    sign: z
      .enum(['busy', 'starved', 'stalled', 'late'])
      .describe('Share of a core, share of time without one, longest stop, lateness (99th percentile).'),
    value: z.number().min(0).describe('A share, or milliseconds.'),
  }),
  formerText,
]);

const generatorBusy = note('generator-busy', "Transfers per second are a generator's limit.", {
  share: share('Share of a core that it used.'),
});
const generatorStarved = note('generator-starved', 'Transfers per second are the limit of the machine.', {
  share: share('Share of the time in which a generator waited for a free core.'),
});
const generatorStalled = note('generator-stalled', 'A generator stood still.', {
  lagMs: z.number().min(0).describe('How long, in milliseconds.'),
});
const lateStarts = note('late-starts', "The load was not the plan's.", {
  p99Ms: z.number().min(0).describe('How late transfers started, 99th percentile in milliseconds.'),
});
const arrivalsDropped = note('arrivals-dropped', "The load was less than the plan's.", {
  share: share('Share of the arrivals that found no idle session.'),
});
const generatorFailures = note('generator-failures', "Failures of a generator's own calls.", {
  transfers: count('Transfers that failed for want of a port or a descriptor at the generator.'),
});
const acceptQueueFull = note('accept-queue-full', 'A full accept queue on this host.', {
  connections: count('Connections that met it (TcpExtListenOverflows).'),
});
const timeWaitFull = note('time-wait-full', 'Ports were free early.', {
  sockets: count('Sockets that found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets).'),
});
const sessionsLost = note('sessions-lost', 'Sessions that were lost and could not log in again.', {
  sessions: count('How many of one generator.'),
  reason: text("Why the first of them could not: the error's own message."),
});
const noOverlap = note('no-overlap', 'There were never two data connections at once.', {});

/** Of one block. The first eight are doubts about its numbers: a limit, and a value beyond it. */
export const blockWarningSchema = z.discriminatedUnion('id', [
  ...([generatorBusy, generatorStarved, generatorStalled, lateStarts] as const),
  ...([arrivalsDropped, generatorFailures, acceptQueueFull, timeWaitFull] as const),
  ...([sessionsLost, noOverlap, formerText] as const),
]);

/** The warning of some blocks of one contestant, with the worst value among them. */
function ofBlocks<Shape extends z.ZodRawShape>(warning: z.ZodObject<Shape>) {
  return warning.extend({
    scenario: text('Name of the scenario.'),
    contestant: text('Name of the contestant.'),
    blocks: count('Blocks that it is said of; a value is that of the worst.'),
  });
}

export const runWarningSchema = z.discriminatedUnion('id', [
  note('few-blocks', 'Too few blocks to claim a difference.', {
    blocks: count('Blocks of each contestant that were planned.'),
    contestants: count('Contestants.'),
    needed: count('Blocks of each that it takes.'),
  }),
  note('cut-short', 'Blocks that the run ended are left out of the rates.', {
    blocks: count('Blocks.'),
    cancelled: count('Transfers that ran when they were ended.'),
  }),
  note('shards-lost', 'Blocks of which a shard was lost are left out for all contestants.', {
    shards: count('Shards that were lost.'),
    blocks: count('Sets of blocks of one index that are not in the result; the others were run again.'),
  }),
  note('shared-address', 'The blocks of a target meet what the one before left in TIME_WAIT.', {}),
  note('no-socket-table', 'Neither left-over sockets nor overlap could be checked.', {}),
  ofBlocks(generatorBusy),
  ofBlocks(generatorStarved),
  ofBlocks(generatorStalled),
  ofBlocks(lateStarts),
  ofBlocks(arrivalsDropped),
  ofBlocks(generatorFailures),
  ofBlocks(acceptQueueFull),
  ofBlocks(timeWaitFull),
  ofBlocks(sessionsLost),
  ofBlocks(noOverlap),
  formerText,
]);
