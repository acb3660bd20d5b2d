// Many simulated blocks, and what they let one expect of the failure rate of some.
import { type BlockCount, blockedProportion, totals } from '../stats/blocks.ts';
import { DEFAULT_CONFIDENCE, normalQuantile, tQuantile, upperTail } from '../stats/distributions.ts';
import type { Interval } from '../stats/proportion.ts';
import type { Random } from '../stats/random.ts';
import type { LoadModel, SimulatedBlock, TransferModel } from './model.ts';
import { type Budget, simulateBlock } from './simulation.ts';

export interface Forecast {
  /** Of all simulated blocks together. */
  readonly failureRate: number;
  /** Where the rate of as many blocks as were asked for lies in 95 of 100 simulated cases. */
  readonly interval: Interval;
  /** The same, wider by the model's own error. */
  readonly tolerance: Interval;
  /** Blocks that were simulated; 0 where nothing had to be. */
  readonly replications: number;
  /** Null where the port is never held against a bind. */
  readonly contention: Contention | null;
}

/** How the transfers of the simulated blocks met at the port. */
export interface Contention {
  /** Transfers of one block that asked for the port, on average. */
  readonly transfers: number;
  /** Arrivals that found no idle session, on average. */
  readonly dropped: number;
  /** Mean time for which one holds the port. */
  readonly holdMs: number;
  /**
   * Time that the transfers are spread over: the load time where they arrive by themselves; on to the last end where
   * sessions start them, each one more than it ends in the load time.
   */
  readonly overMs: number;
  /** a = transfers × hold / that time. */
  readonly offeredLoad: number;
}

export interface ForecastOptions {
  /** Whose rate the interval is of. */
  readonly blocks: number;
  readonly random: Random;
  readonly budget?: Budget;
}

const REPLICATIONS = 200;
/** Large blocks vary less, and are simulated less often: down to this many. */
export const LEAST_REPLICATIONS = 8;
/** Steps of all replications together: about half a second. */
const MAX_EVENTS = 1_000_000;
/** Odd, so that quantiles fall on a draw. */
const DRAWS = 1999;
/**
 * The simulation draws what goes together as one (`Batches`), which is right on the whole and not in each case. In runs
 * of closed, open and burst loads at 8 to 64 sessions the measured odds of a failure were 0.7 to 1.4 times the
 * simulated ones (once 1.9, where arrivals were started late).
 */
export const MODEL_ERROR_OF_ODDS = 1.4;
/**
 * Standard deviation of the logarithm of the odds by which a whole run, blocks and all, is off what was simulated with
 * its own times. Over A/A runs, on a quiet machine and on a busy one, they were off by .06 either way at the most.
 */
const BETWEEN_RUNS = 0.05;

/** A port that is never held against a bind fails none. */
const NONE_FAILS: Forecast = {
  failureRate: 0,
  interval: [0, 0],
  tolerance: [0, 0],
  replications: 0,
  contention: null,
};

/**
 * `transfers`: one model, or one for each block that was measured, of which as many blocks each are simulated.
 * Null when nothing finishes in any block. @throws TooManyEvents
 */
export function forecast(
  load: LoadModel,
  transfers: readonly TransferModel[],
  options: ForecastOptions,
): Forecast | null {
  if (transfers.every(({ holdsPort }) => holdsPort === 'never')) return NONE_FAILS;
  const simulated = replicate(load, transfers, options);
  const strata = strataOf(transfers.length, simulated.length, options.blocks);
  const counts = simulated.map(({ failed, completed }) => ({ failed, finished: failed + completed }));
  const { failed, finished } = totals(counts);
  if (finished === 0) return null;
  const failureRate = failed / finished;
  const interval = intervalOf(counts, failureRate, { ...options, strata });
  const tolerance = [
    timesOdds(interval[0], 1 / MODEL_ERROR_OF_ODDS),
    timesOdds(interval[1], MODEL_ERROR_OF_ODDS),
  ] as const;
  const contention = contentionOf(load, simulated);
  return { failureRate, interval, tolerance, replications: simulated.length, contention };
}

function contentionOf(load: LoadModel, simulated: readonly SimulatedBlock[]): Contention {
  const mean = (value: (block: SimulatedBlock) => number) =>
    simulated.reduce((sum, block) => sum + value(block), 0) / simulated.length;
  const transfers = mean((block) => block.asked);
  const overMs = load.kind === 'open' ? load.durationMs : mean((block) => block.durationMs);
  const holdMs = mean((block) => block.heldMs) / mean((block) => block.holds);
  const offeredLoad = (transfers * holdMs) / overMs;
  return { transfers, dropped: mean((block) => block.dropped), holdMs, overMs, offeredLoad };
}

function replicate(
  load: LoadModel,
  transfers: readonly TransferModel[],
  { random, budget }: ForecastOptions,
): SimulatedBlock[] {
  const simulated: SimulatedBlock[] = [];
  const order = random.shuffle(transfers);
  let events = 0;
  while (simulated.length < REPLICATIONS && (events < MAX_EVENTS || simulated.length < LEAST_REPLICATIONS)) {
    const transfer = order[simulated.length % order.length] as TransferModel;
    const block = simulateBlock(load, transfer, random, budget);
    events += block.events;
    simulated.push(block);
  }
  return simulated;
}

/**
 * Of how many kinds the blocks are: where each measured block was simulated often enough, its own replications stand for
 * it, for its times are known and nothing to be drawn.
 */
function strataOf(transfers: number, simulated: number, blocks: number): number {
  return transfers === blocks && simulated >= 2 * transfers ? transfers : 1;
}

interface DrawOptions extends ForecastOptions {
  /** Replication i is of kind i modulo this. */
  readonly strata: number;
}

/** Of the blocks drawn, or where none or all failed of the one share that there is. */
function intervalOf(counts: readonly BlockCount[], rate: number, options: DrawOptions): Interval {
  const share = rate === 0 || rate === 1 ? blockedProportion(counts).interval : null;
  return share ?? amongRuns(drawnInterval(counts, rate, options), rate);
}

/** Wider by what runs differ in as a whole. */
function amongRuns([low, high]: Interval, rate: number): Interval {
  const least = normalQuantile(upperTail(DEFAULT_CONFIDENCE)) * BETWEEN_RUNS;
  const away = (end: number) => Math.exp(Math.hypot(logOdds(end) - logOdds(rate), least));
  return [low === 0 ? 0 : timesOdds(rate, 1 / away(low)), high === 1 ? 1 : timesOdds(rate, away(high))];
}

function logOdds(rate: number): number {
  return Math.log(rate / (1 - rate));
}

function timesOdds(rate: number, factor: number): number {
  return (rate * factor) / (1 - rate + rate * factor);
}

/** Percentiles of the pooled rate of `blocks` simulated ones, drawn with replacement. */
function drawnInterval(
  counts: readonly BlockCount[],
  rate: number,
  { blocks, random, strata }: DrawOptions,
): Interval {
  const rates = Float64Array.from(
    { length: DRAWS },
    () => drawnRate(counts, { blocks, random, strata }) ?? rate,
  ).sort();
  const outside = Math.round((1 - upperTail(DEFAULT_CONFIDENCE)) * (DRAWS + 1));
  const [low, high] = [rates[outside - 1] as number, rates[DRAWS - outside] as number];
  const widening = wideningFor(counts.length, blocks, strata);
  // Where failures are rare the rate of all may lie beyond a percentile: it is in its own interval all the same.
  const below = Math.max(0, rate - low) * widening;
  const above = Math.max(0, high - rate) * widening;
  return [Math.max(0, rate - below), Math.min(1, rate + above)];
}

function drawnRate(
  counts: readonly BlockCount[],
  { blocks, random, strata }: DrawOptions,
): number | undefined {
  let [failed, finished] = [0, 0];
  for (let i = 0; i < blocks; i++) {
    const kind = i % strata;
    const ofKind = Math.ceil((counts.length - kind) / strata);
    const drawn = counts[kind + strata * random.integer(ofKind)] as BlockCount;
    failed += drawn.failed;
    finished += drawn.finished;
  }
  return finished === 0 ? undefined : failed / finished;
}

/**
 * Drawing from n simulated blocks leaves out that they are a sample themselves: the variance of their mean adds to that
 * of the R blocks, s² is divided by n (by those of its kind, where there are kinds), and t takes the place of z. Next to 1
 * for 200 and 8.
 */
function wideningFor(simulated: number, blocks: number, strata: number): number {
  const ofKind = Math.floor(simulated / strata);
  const tail = upperTail(DEFAULT_CONFIDENCE);
  const variance = ((1 + blocks / simulated) * ofKind) / (ofKind - 1);
  return Math.sqrt(variance) * (tQuantile(tail, simulated - strata) / normalQuantile(tail));
}
