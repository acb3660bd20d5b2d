// The sums inside a saved result, as schemas: contestants over their blocks, and what their comparison says.
import { z } from 'zod';
import {
  amount,
  binderOrNull,
  choice,
  contestantName,
  count,
  countsByKey,
  intervalOfAmount,
  intervalOfDifference,
  intervalOfShare,
  intervalOfTime,
  later,
  orNull,
  quantile,
  share,
  text,
} from './parts.ts';

export const predictionSchema = z
  .object({
    failureRate: share('Expected share of failures among the transfers that finish.'),
    interval: intervalOfShare('95 % of simulated runs of as many blocks lie here.'),
    tolerance: intervalOfShare("The same, wider by the model's own error: what the verdict goes by."),
    replications: count(
      'Simulated blocks; 0 where the port is never held against a bind, so that nothing needs simulating.',
    ),
    verdict: choice(
      ['explained', 'within-model-error', 'more-failures', 'fewer-failures'],
      'Whether the measured rate is within what contention explains.',
    ),
  })
  .meta({
    id: 'prediction',
    title: 'Prediction',
    description: 'What contention for the port alone would make of the arrivals and hold times.',
  });

const timeInterval = (name: string) =>
  orNull(
    intervalOfTime(`Of ${name}, null where so few transfers took longer that the longest does not bound it.`),
  );

const timeIntervals = z
  .object({
    p50Ms: timeInterval('the median'),
    p90Ms: timeInterval('the 90th percentile'),
    p95Ms: timeInterval('the 95th percentile'),
    p99Ms: timeInterval('the 99th percentile'),
    p999Ms: timeInterval('the 99.9th percentile'),
  })
  .meta({ id: 'timeIntervals', title: 'Intervals of times' })
  .describe(
    '95 % intervals of the quantiles of the time of a transfer, with the block as the sampling unit.',
  );

export const strategySchema = z
  .object({
    scenario: text('Name of the scenario.'),
    contestant: contestantName,
    binder: binderOrNull,
    kind: choice(
      ['binder', 'peer', 'target'],
      'The built-in server, another one started here, one that ran already.',
    ),
    retry: orNull(
      text(
        "The schedule that was followed: a preset's name or the waits, `1,2,3`, in schedule seconds; null where it is the server's own.",
      ),
    ),
    blocks: count('Valid blocks, of which the rest is the sum.'),
    offered: count('Transfers that were offered = completed + failed + cancelled + dropped.'),
    completed: count('Transfers that completed.'),
    failed: count('Transfers that failed.'),
    cancelled: count('Transfers that the run itself ended.'),
    dropped: count('Arrivals of an open workload that found no idle session.'),
    failures: countsByKey('Failures by phase and errno, as in the blocks.'),
    failureRate: orNull(share('failed / (completed + failed); null when nothing finished.')),
    interval: orNull(
      intervalOfShare(
        '95 % interval of the failure rate with the block as the sampling unit; null when it cannot be had.',
      ),
    ),
    designEffect: orNull(
      amount('Variance between blocks over that of independent transfers; null when unknown.'),
    ),
    effectiveSize: orNull(amount('Independent transfers that would tell as much; null when unknown.')),
    bindsPerTransfer: orNull(
      amount("bind calls per transfer that was started; null without the server's view."),
    ),
    waitToBindP50Ms: quantile('Median of the time waiting to bind.'),
    waitToBindP99Ms: quantile('99th percentile of the time waiting to bind.'),
    transferP50Ms: quantile('Median of the time of a transfer from its scheduled start to its end.'),
    transferP90Ms: later(quantile('90th percentile of the same.')),
    transferP95Ms: later(quantile('95th percentile of the same.')),
    transferP99Ms: quantile('99th percentile of the time of a transfer from its scheduled start to its end.'),
    transferP999Ms: later(quantile('99.9th percentile of the same.')),
    transferMaxMs: later(
      amount('Longest time of those that completed, in milliseconds; null when none did.'),
    ),
    transferIntervals: later(timeIntervals),
    transfersPerSecond: amount('Transfers that completed, per second of load.'),
    transfersPerSecondInterval: later(
      intervalOfAmount(
        '95 % interval of it, with the block as the sampling unit; null when it cannot be had.',
      ),
    ),
    bytes: later(count('File bytes of the transfers that completed; null where a block does not tell.')),
    bytesPerSecond: later(amount('The same, in bytes per second of load; null with them.')),
    bytesPerSecondInterval: later(
      intervalOfAmount(
        '95 % interval of it, with the block as the sampling unit; null when it cannot be had.',
      ),
    ),
    connected: count('Data connections that reached the client.'),
    fromDefaultDataPort: count('How many of them came from the default data port L-1.'),
    peakSockets: count('Most live sockets on L-1 at once in any block.'),
    peakProcesses: count('Most processes that held some of them at once.'),
    realScaleBound: orNull(
      share(
        'Least share of failures at a time unit of one second, 1 - 1/a with a = arrivals × hold; null where there is no bound.',
      ),
    ),
    prediction: orNull(
      predictionSchema.describe('What contention alone explains; null where it cannot be said.'),
    ),
  })
  .meta({
    id: 'strategy',
    title: 'Strategy',
    description: 'All valid blocks of one contestant in one scenario.',
  });

export const comparisonSchema = z
  .object({
    scenario: text('Name of the scenario.'),
    baseline: text('Name of the contestant that is compared with.'),
    candidate: text('Name of the contestant that is compared.'),
    difference: orNull(
      z
        .number()
        .min(-1)
        .max(1)
        .describe('Failure rate of the candidate less that of the baseline; null without a pair of blocks.'),
    ),
    interval: orNull(
      intervalOfDifference(
        'Of the difference, at a confidence of 1 - significance; null when it cannot be had.',
      ),
    ),
    pValue: orNull(share('Of the sign-flip test on the pairs of blocks, by itself; null without pairs.')),
    pAdjusted: orNull(
      share(
        "After Holm's correction over the comparisons of its scenario: this one decides; null with `pValue`.",
      ),
    ),
    blocks: count('Pairs of blocks.'),
    significance: share(
      'What `pAdjusted` is held against: less than 0.05 where a run looked more than once.',
    ),
    verdict: choice(
      ['better', 'worse', 'not-worse', 'inconclusive'],
      'Fewer failures; more by over the margin; if more, then by less than the margin; the blocks do not tell.',
    ),
    blocksNeeded: orNull(
      count(
        'Blocks of each contestant that would probably settle it; null when it is settled or no number can.',
      ),
    ),
    margin: share('A rise of the failure rate up to here does not matter.'),
  })
  .meta({
    id: 'comparison',
    title: 'Comparison',
    description: 'A candidate against the baseline in one scenario: a negative difference is fewer failures.',
  });
