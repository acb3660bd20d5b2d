// A block inside a saved result, as a schema: one contestant under load for a while on an address of its own.
import { z } from 'zod';
import { blockWarningSchema, problemSchema } from './notes.ts';
import {
  amount,
  binderOrNull,
  contestantName,
  count,
  countsByKey,
  endpoint,
  flag,
  histogram,
  instant,
  later,
  orNull,
  port,
  share,
  text,
} from './parts.ts';
import { shardSchema } from './shards.ts';

const counts = (description: string) => z.array(z.int().min(0)).describe(description);
const countsOrNull = (description: string) => z.array(z.int().min(0).nullable()).describe(description);

export const contentionSchema = z
  .object({
    beforeBind: histogram('From the start of a transfer to its first bind.'),
    window: histogram('From the successful bind until connect was issued.'),
    holdAfterConnect: histogram("From connect to the end of the server's data connection."),
    after: histogram(
      "From the end of the server's data connection to the end of the client's transfer; of a failed bind, to its reply.",
    ),
    oversleep: histogram('How much longer than scheduled one wait of the retry loop took.'),
  })
  .meta({ id: 'contention', title: 'Contention times', description: 'What a prediction is fed with.' });

export const timelineSchema = z
  .object({
    everyMs: amount('Length of one slice, in milliseconds.'),
    completed: counts('Transfers that completed in each slice, the warm-up included.'),
    failed: counts('Transfers that failed in each slice, the warm-up included.'),
    inFlight: counts('Most transfers under way at once in each slice.'),
    liveSockets: countsOrNull('Live sockets on the data port; null where nobody could look in that slice.'),
    timeWaitSockets: countsOrNull('Sockets in TIME_WAIT on the data port; null where nobody could look.'),
    bindMs: z
      .array(z.number().min(0).nullable())
      .describe(
        'Mean time in bind calls of the transfers that ended in each slice, waits excluded, in milliseconds; null for none.',
      ),
  })
  .meta({ id: 'timeline', title: 'Timeline', description: 'A block in slices from its start.' });

export const generatorSchema = z
  .object({
    cpuShare: share('Share of a core that the generator used.'),
    runQueueShare: orNull(
      share(
        'Share of the time in which it could have run but no core was free; null where the kernel does not tell.',
      ),
    ),
    eventLoopLagP99Ms: amount('99th percentile of the lag of its event loop, in milliseconds.'),
    eventLoopLagMaxMs: amount('Longest lag of its event loop, in milliseconds.'),
    lateP99Ms: orNull(
      amount(
        'How late transfers started, 99th percentile in milliseconds; null where none was due at a time of its own.',
      ),
    ),
    descriptors: count('Most file descriptors it had open.'),
    listenOverflows: count(
      'Connections that a full accept queue refused on this host meanwhile (TcpExtListenOverflows).',
    ),
    timeWaitOverflows: count(
      'Sockets that found no room in TIME_WAIT on this host meanwhile (TcpExtTCPTimeWaitOverflow).',
    ),
  })
  .meta({ id: 'generator', title: 'Generator load', description: 'What the load cost its worst generator.' });

export const blockSchema = z
  .object({
    scenario: text('Name of the scenario.'),
    contestant: contestantName,
    binder: binderOrNull,
    index: count('Blocks of one index stood under the same conditions and are compared as a pair.'),
    server: endpoint.describe('Where the server listened.'),
    dataPort: port('The default data port L-1.'),
    startedAt: instant('When the block started.'),
    durationMs: amount('How long its load lasted, in milliseconds.'),
    offered: count(
      'Transfers that were offered = completed + failed + cancelled + dropped. The warm-up is in none of them.',
    ),
    completed: count('Transfers that completed.'),
    failed: count('Transfers that failed.'),
    cancelled: count('Transfers that the run itself ended: neither a success nor a failure.'),
    dropped: count('Arrivals of an open workload that found no idle session: never started.'),
    warmUp: count('Transfers of the warm-up, which nothing else counts.'),
    failures: countsByKey(
      'Failures by phase and errno: `bind.EADDRINUSE`, `reply.550`, `timeout.connect`, `corrupted`.',
    ),
    serverView: flag('Whether the server told its side of every transfer.'),
    bindCalls: orNull(count('bind calls of the server, the failed ones included; null without its view.')),
    bytes: later(
      count('File bytes of the transfers that completed; null where they were not counted (older results).'),
    ),
    connected: count('Data connections that reached the client.'),
    fromDefaultDataPort: count('How many of them came from the default data port L-1.'),
    peakSockets: count('Most live sockets on L-1 at once, TIME_WAIT and LISTEN not counted.'),
    peakProcesses: count('Most processes that held some of them at once.'),
    waitsToBind: histogram(
      'Time that a transfer waited to bind. Waits of binds that failed are not in it but in `failed`.',
    ),
    transferTimes: histogram('Time of the transfers that completed, from the start that the plan set.'),
    contention: orNull(
      contentionSchema.describe("What a prediction is fed with; null without the server's view."),
    ),
    timeline: orNull(
      timelineSchema.describe('The block in slices; null in a result made before format version 2.'),
    ),
    generator: orNull(
      generatorSchema.describe('The worst generator; null in a result made before format version 2.'),
    ),
    shards: z
      .array(shardSchema)
      .optional()
      .describe('Who carried its load; left out of a run without agents.'),
    valid: flag('Whether the numbers of this block may be used.'),
    problems: z.array(problemSchema).describe('Why it is not valid.'),
    warnings: z.array(blockWarningSchema).describe('What a reader should know although the block is valid.'),
  })
  .meta({
    id: 'block',
    title: 'Block',
    description: 'One contestant under load for a while on an address of its own.',
  });
