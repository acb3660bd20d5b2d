// What a load draws: arrivals that keep their rate, levels that are met in time, and the same for the same seed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  arrivalTimes,
  drawsOf,
  drawTimeMs,
  drawWeighted,
  risesAbove,
  seedOf,
  sizesOf,
} from '../../src/plan/draws.ts';
import type { Stage, Workload } from '../../src/plan/types.ts';
import { createRandom } from '../../src/stats/random.ts';
import { scenarioOf } from '../run/samples.ts';
import { stagesOf, TIMES } from './plans.ts';

/** 1 in 2000 on each side: what a fixed seed may miss by chance, and a wrong rate would not. */
const Z = 3.29;

type Arrivals = Extract<Workload, { kind: 'open' }>['arrivals'];

function arrivals(kind: Arrivals, stages: readonly Stage[], seed = 1): number[] {
  const durationMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  return [...arrivalTimes({ kind: 'open', arrivals: kind, stages }, durationMs, createRandom(seed))];
}

/** Arrivals expected until `atMs`. */
function expectedBy(stages: readonly Stage[], atMs: number): number {
  let startedMs = 0;
  let expected = 0;
  for (const { from, to, durationMs } of stages) {
    const ms = Math.min(Math.max(0, atMs - startedMs), durationMs);
    expected += (from * ms + ((to - from) * ms * ms) / (2 * durationMs)) / 1000;
    startedMs += durationMs;
  }
  return expected;
}

describe('constant arrivals', () => {
  it('are evenly spaced from the start on', () => {
    const times = arrivals('constant', [{ durationMs: 1000, from: 8, to: 8 }]);
    expect(times).toEqual([0, 125, 250, 375, 500, 625, 750, 875]);
  });

  it('go on from one stage to the next', () => {
    const stages = [
      { durationMs: 250, from: 2, to: 2 },
      { durationMs: 1000, from: 4, to: 4 },
    ];
    // Half an arrival is expected in the first stage: the next is due after the other half.
    expect(arrivals('constant', stages)).toEqual([0, 375, 625, 875, 1125]);
  });

  it('are due at 0, 1, 2, … expected arrivals, however the rate goes up and down', () => {
    const rates = fc.double({ min: 0, max: 200, noNaN: true });
    fc.assert(
      fc.property(stagesOf(rates).map(inSeconds), (stages) => {
        const times = arrivals('constant', stages);
        const all = expectedBy(stages, Number.POSITIVE_INFINITY);
        // A whole number may be missed by a rounding error.
        expect(Math.abs(times.length - all - 0.5)).toBeLessThanOrEqual(0.5 + 1e-6);
        for (const [n, atMs] of times.entries()) expect(expectedBy(stages, atMs)).toBeCloseTo(n, 5);
      }),
    );
  });
});

describe('Poisson arrivals', () => {
  const SECONDS = 20;
  const RATE = 1000;
  const times = arrivals('poisson', [{ durationMs: SECONDS * 1000, from: RATE, to: RATE }]);

  it('are as many as the rate says', () => {
    const expected = SECONDS * RATE;
    expect(Math.abs(times.length - expected)).toBeLessThan(Z * Math.sqrt(expected));
  });

  it('vary as much as their mean: neither evenly spaced nor in clusters', () => {
    const slices = new Array<number>(400).fill(0);
    for (const atMs of times) slices[Math.floor(atMs / 50)] = (slices[Math.floor(atMs / 50)] ?? 0) + 1;
    const mean = times.length / slices.length;
    const dispersion = slices.reduce((sum, n) => sum + (n - mean) ** 2, 0) / mean;
    // Of chi square at 399 degrees of freedom, .0005 and .9995.
    expect(dispersion).toBeGreaterThan(312.5);
    expect(dispersion).toBeLessThan(498.6);
  });

  it('follow a ramp: as many in each half as it holds', () => {
    const ramp = [{ durationMs: 10_000, from: 0, to: 2000 }];
    const first = arrivals('poisson', ramp).filter((atMs) => atMs < 5000).length;
    const second = arrivals('poisson', ramp).length - first;
    expect(Math.abs(first - 2500)).toBeLessThan(Z * Math.sqrt(2500));
    expect(Math.abs(second - 7500)).toBeLessThan(Z * Math.sqrt(7500));
  });

  it('of another seed are others, of the same seed the same', () => {
    const stages = [{ durationMs: 100, from: 100, to: 100 }];
    expect(arrivals('poisson', stages, 2)).toEqual(arrivals('poisson', stages, 2));
    expect(arrivals('poisson', stages, 2)).not.toEqual(arrivals('poisson', stages, 3));
  });
});

it('arrivals ascend and lie within the block, and an idle stage has none', () => {
  const kinds = fc.constantFrom('poisson' as const, 'constant' as const);
  const rates = fc.constantFrom(0, 0.5, 40, 200);
  fc.assert(
    fc.property(kinds, stagesOf(rates).map(inSeconds), fc.nat(1000), (kind, stages, seed) => {
      const times = arrivals(kind, stages, seed);
      const endMs = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const atMs of times) {
        expect(atMs).toBeGreaterThanOrEqual(0);
        expect(atMs).toBeLessThanOrEqual(endMs);
        expect([-1e-3, 0, 1e-3].some((ms) => levelAt(stages, atMs + ms) > 0)).toBe(true);
      }
    }),
  );
});

it('bursts arrive in the same moment, again and again; a closed load has no arrivals of its own', () => {
  const bursts = drawsOf(scenarioOf({ workload: 'bursts', every: '400ms', burst: 3, duration: '1s' }));
  expect([...bursts.arrivalsMs(createRandom(1))]).toEqual([0, 0, 0, 400, 400, 400, 800, 800, 800]);
  expect([...drawsOf(scenarioOf()).arrivalsMs(createRandom(1))]).toEqual([]);
});

describe('risesAbove', () => {
  const LEVELS = fc.constantFrom(0, 1, 2, 5, 8);

  it('is the earliest moment above the threshold, as a search through time finds it', () => {
    const short = stagesOf(LEVELS).map((stages) =>
      stages.map((stage) => ({ ...stage, durationMs: 1 + (Math.round(stage.durationMs) % 60) })),
    );
    const thresholds = fc.constantFrom(0, 0.5, 1, 3, 7, 8);
    fc.assert(
      fc.property(short, thresholds, fc.nat(250), (stages, threshold, atMs) => {
        const endMs = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
        const found = risesAbove(stages, threshold, atMs);
        for (let t = atMs; t < Math.min(endMs, found ?? endMs); t += 0.25) {
          expect(levelAt(stages, t)).toBeLessThanOrEqual(threshold);
        }
        if (found === undefined) return;
        expect(found).toBeGreaterThanOrEqual(atMs);
        expect(found).toBeLessThan(endMs);
        expect(levelAt(stages, found)).toBeGreaterThan(threshold);
      }),
    );
  });

  it('session number n of a closed load runs while more than n sessions do', () => {
    const stages = [
      { duration: '100ms', rampTo: 10 },
      { duration: '100ms', sessions: 10 },
      { duration: '100ms', sessions: 2 },
    ];
    const { activeFromMs } = drawsOf(scenarioOf({ sessions: 10, stages }));
    expect(activeFromMs(0, 0)).toBeCloseTo(0, 4);
    expect(activeFromMs(5, 0)).toBeCloseTo(50, 4);
    expect(activeFromMs(5, 150)).toBe(150);
    expect(activeFromMs(5, 200)).toBeUndefined();
    expect(activeFromMs(1, 250)).toBe(250);
    expect(activeFromMs(1, 300)).toBeUndefined();
  });
});

describe('sizesOf', () => {
  it('a size, and sizes by weight, are themselves', () => {
    expect(sizesOf({ kind: 'fixed', bytes: 7 })).toEqual([{ value: 7, weight: 1 }]);
    const of = [{ value: 1, weight: 9 }];
    expect(sizesOf({ kind: 'choice', of })).toBe(of);
  });

  it('of a lognormal size: sixteen equally likely ones around the median, none above the largest', () => {
    const sizes = sizesOf({ kind: 'lognormal', medianBytes: 4096, sigma: 1, maxBytes: 20_000 });
    const values = sizes.map(({ value }) => value);
    expect(values).toHaveLength(16);
    expect(new Set(sizes.map(({ weight }) => weight))).toEqual(new Set([1]));
    expect(values.filter((bytes) => bytes < 4096)).toHaveLength(8);
    expect(Math.max(...values)).toBe(20_000);
    // z = 0.0784 and 0.2372: the middles of the ninth and tenth sixteenth.
    expect(values.slice(8, 10)).toEqual([4430, 5192]);
    expect(values[7]).toBe(Math.round(4096 ** 2 / 4430));
  });
});

describe('single draws', () => {
  it.each([
    [{ kind: 'fixed', ms: 20 } as const, 20, 0],
    [{ kind: 'exponential', meanMs: 20 } as const, 20, 20],
    [{ kind: 'uniform', minMs: 10, maxMs: 40 } as const, 25, 30 / Math.sqrt(12)],
  ])('%j has its mean', (time, meanMs, deviationMs) => {
    const random = createRandom(5);
    const n = 10_000;
    const drawn = Array.from({ length: n }, () => drawTimeMs(time, random));
    const mean = drawn.reduce((sum, ms) => sum + ms, 0) / n;
    expect(Math.abs(mean - meanMs)).toBeLessThanOrEqual((Z * deviationMs) / Math.sqrt(n) + 1e-9);
  });

  it('a time is never negative, and a uniform one lies between its ends', () => {
    fc.assert(
      fc.property(TIMES, fc.nat(), (time, seed) => {
        const ms = drawTimeMs(time, createRandom(seed));
        expect(ms).toBeGreaterThanOrEqual(0);
        if (time.kind !== 'uniform') return;
        expect(ms).toBeGreaterThanOrEqual(time.minMs);
        expect(ms).toBeLessThanOrEqual(time.maxMs);
      }),
    );
  });

  it('by weight, as often as the weights say', () => {
    const random = createRandom(6);
    const entries = [
      { value: 'a', weight: 3 },
      { value: 'b', weight: 0.5 },
      { value: 'c', weight: 1.5 },
    ];
    const n = 10_000;
    const drawn = Array.from({ length: n }, () => drawWeighted(entries, random));
    for (const { value, weight } of entries) {
      const p = weight / 5;
      const found = drawn.filter((one) => one === value).length;
      expect(Math.abs(found - n * p)).toBeLessThan(Z * Math.sqrt(n * p * (1 - p)));
    }
  });

  it('a closed load thinks; the others have no pauses', () => {
    const thinking = drawsOf(scenarioOf({ thinkTime: 'uniform(5ms, 6ms)' }));
    expect(thinking.thinkMs(createRandom(1))).toBeGreaterThanOrEqual(5);
    expect(drawsOf(scenarioOf({ workload: 'open', rate: 5 })).thinkMs(createRandom(1))).toBe(0);
  });
});

describe('seedOf', () => {
  it('is another for other parts, their order and their borders included', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(seedOf(...a) === seedOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(Number.isSafeInteger(seedOf(...a))).toBe(true);
      }),
    );
    expect(
      new Set([seedOf('a', 'b'), seedOf('b', 'a'), seedOf('ab'), seedOf('a', 1), seedOf('a', '1')]).size,
    ).toBe(5);
  });
});

/** Stages of a second or less, so that there are not too many arrivals. */
function inSeconds(stages: readonly Stage[]): Stage[] {
  return stages.map((stage) => ({ ...stage, durationMs: 1 + (stage.durationMs % 1000) }));
}

/** 0 after the end. */
function levelAt(stages: readonly Stage[], atMs: number): number {
  let startedMs = 0;
  for (const { from, to, durationMs } of stages) {
    if (atMs < startedMs + durationMs) return from + ((to - from) * (atMs - startedMs)) / durationMs;
    startedMs += durationMs;
  }
  return 0;
}
