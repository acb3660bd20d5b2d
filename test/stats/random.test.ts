// The seeded generator: the authors' reference output, repeatability, and fair draws.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRandom, xoshiro128 } from '../../src/stats/random.ts';

describe('createRandom', () => {
  it('is xoshiro128** 1.1: the reference sequence from the state 1, 2, 3, 4', () => {
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('repeats itself for a seed and differs between neighbouring seeds', () => {
    const first = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 4 }, () => random.uniform());
    };
    expect(first(7)).toEqual(first(7));
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => first(seed).join())).size).toBe(seeds.length);
  });

  it('draws whole numbers evenly', () => {
    const random = createRandom(20);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 60_000; draw += 1) {
      const face = random.integer(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    // χ² with 5 degrees of freedom; .999 quantile. The seed is fixed, so this passes always or never.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5);
  });

  it('shuffles without losing or adding anything', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, items) => {
        const before = [...items];
        const shuffled = createRandom(seed).shuffle(items);
        expect([...shuffled].sort()).toEqual([...before].sort());
        expect(items).toEqual(before);
      }),
    );
  });

  it('refuses what is no seed and no range', () => {
    expect(() => createRandom(0.5)).toThrow('0.5 is not a whole number');
    expect(() => createRandom(1).integer(0)).toThrow(RangeError);
    expect(() => createRandom(1).integer(1.5)).toThrow(RangeError);
  });
});
