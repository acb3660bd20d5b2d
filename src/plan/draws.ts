// What a load draws by chance, all of it from the plan's seed: the same arrivals, sizes and pauses for every contestant.
import { createHash } from 'node:crypto';
import { normalQuantile } from '../stats/distributions.ts';
import type { Random } from '../stats/random.ts';
import type { Scenario, SizeDistribution, Stage, TimeDistribution, Weighted, Workload } from './types.ts';

/** A seed of its own for each purpose: streams that share one would repeat each other. */
export function seedOf(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUIntBE(0, 6);
}

export function drawTimeMs(time: TimeDistribution, random: Random): number {
  switch (time.kind) {
    case 'fixed':
      return time.ms;
    case 'exponential':
      return time.meanMs * drawExponential(random);
    case 'uniform':
      return time.minMs + (time.maxMs - time.minMs) * random.uniform();
    default:
      return time satisfies never;
  }
}

/** Of mean 1. */
function drawExponential(random: Random): number {
  return -Math.log(1 - random.uniform());
}

export function drawWeighted<T>(entries: readonly Weighted<T>[], random: Random): T {
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.uniform() * total;
  const found = entries.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return (found ?? (entries.at(-1) as Weighted<T>)).value;
}

/** Sizes that stand for a continuous distribution: files have to exist before they can be fetched. */
const QUANTILES = 16;

/** The sizes that occur, by weight: of a lognormal one the middles of sixteen equally likely parts. */
export function sizesOf(size: SizeDistribution): readonly Weighted<number>[] {
  switch (size.kind) {
    case 'fixed':
      return [{ value: size.bytes, weight: 1 }];
    case 'choice':
      return size.of;
    case 'lognormal':
      return Array.from({ length: QUANTILES }, (_, i) => {
        const z = normalQuantile((i + 0.5) / QUANTILES);
        const bytes = Math.round(size.medianBytes * Math.exp(size.sigma * z));
        return { value: Math.min(size.maxBytes, bytes), weight: 1 };
      });
    default:
      return size satisfies never;
  }
}

/** Milliseconds from the start at which transfers are due, ascending. A closed workload has none of its own. */
export function* arrivalTimes(workload: Workload, durationMs: number, random: Random): Generator<number> {
  switch (workload.kind) {
    case 'closed':
      return;
    case 'bursts':
      for (let atMs = 0; atMs < durationMs; atMs += workload.everyMs) {
        for (let i = 0; i < workload.size; i++) yield atMs;
      }
      return;
    case 'open':
      yield* arrivalsOf(workload.stages, workload.arrivals, random);
      return;
    default:
      workload satisfies never;
  }
}

/**
 * Arrivals at a rate that changes: those of rate one, set where the expected number so far is theirs (Çinlar, Introduction
 * to Stochastic Processes, 1975, §4.7). Constant ones are due at 0, 1, 2, … expected arrivals.
 */
function* arrivalsOf(
  stages: readonly Stage[],
  arrivals: 'poisson' | 'constant',
  random: Random,
): Generator<number> {
  let due = arrivals === 'poisson' ? drawExponential(random) : 0;
  let expectedBefore = 0;
  let startedMs = 0;
  for (const stage of stages) {
    const expected = ((stage.from + stage.to) / 2) * (stage.durationMs / 1000);
    while (due < expectedBefore + expected) {
      yield startedMs + timeOfExpected(stage, due - expectedBefore);
      due += arrivals === 'poisson' ? drawExponential(random) : 1;
    }
    expectedBefore += expected;
    startedMs += stage.durationMs;
  }
}

/** When, in milliseconds from its start, a stage has had `expected` arrivals: from·t + (to - from)/T·t²/2 solved for t. */
function timeOfExpected({ from, to, durationMs }: Stage, expected: number): number {
  const seconds = durationMs / 1000;
  const slope = (to - from) / seconds;
  if (expected === 0) return 0;
  // The form of the quadratic's root that does not cancel, and that holds for a slope of 0.
  return ((2 * expected) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * expected)))) * 1000;
}

/** The earliest moment from `atMs` on in which the level is above `threshold`; undefined when it never is again. */
export function risesAbove(stages: readonly Stage[], threshold: number, atMs: number): number | undefined {
  let startedMs = 0;
  for (const { from, to, durationMs } of stages) {
    const endsMs = startedMs + durationMs;
    if (endsMs > atMs) {
      const fromMs = Math.max(atMs, startedMs);
      const levelAt = (t: number) => from + ((to - from) * (t - startedMs)) / durationMs;
      if (levelAt(fromMs) > threshold) return fromMs;
      if (to > threshold) {
        const crossesMs = startedMs + ((threshold - from) / (to - from)) * durationMs;
        return Math.max(fromMs, crossesMs + ABOVE_MS);
      }
    }
    startedMs = endsMs;
  }
  return undefined;
}

/** In the crossing itself the level is not above the threshold yet. */
const ABOVE_MS = 1e-6;

/** All draws of a scenario's workload in one place; which of them is asked depends on its kind. */
export function drawsOf({ workload, durationMs }: Pick<Scenario, 'workload' | 'durationMs'>) {
  const closed = workload.kind === 'closed' ? workload : undefined;
  return {
    arrivalsMs: (random: Random) => arrivalTimes(workload, durationMs, random),
    thinkMs: (random: Random) => (closed === undefined ? 0 : drawTimeMs(closed.thinkTime, random)),
    activeFromMs: (session: number, atMs: number) => risesAbove(closed?.stages ?? [], session, atMs),
  };
}
