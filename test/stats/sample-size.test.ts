// Sizes reckoned before a run: published values, the limits they are solved from, and what simulated runs then find.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ASSUMED_DESIGN_EFFECT, blockedProportion } from '../../src/stats/blocks.ts';
import {
  detectableDifference,
  transfersToTellApart,
  transfersWithoutFailure,
} from '../../src/stats/sample-size.ts';

const INDEPENDENT = { designEffect: 1 };

describe('transfersWithoutFailure', () => {
  // 59, 299: the tables of reliability demonstration (success run, one-sided 95 %); 2 995: the documentation of the
  // Python package reliability, sample_size_no_failures(.999).
  it.each([
    [0.05, 59],
    [0.01, 299],
    [0.001, 2995],
  ])('one-sided 95 %% below %d takes %i', (rate, transfers) => {
    expect(transfersWithoutFailure(rate, { ...INDEPENDENT, confidence: 0.9 })).toBe(transfers);
  });

  it('is the least with which blockedProportion bounds the rate below it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0001, max: 0.5, noNaN: true }), (rate) => {
        const transfers = transfersWithoutFailure(rate);
        expect(upperLimit(transfers)).toBeLessThanOrEqual(rate * (1 + 1e-9));
        expect(upperLimit(transfers - 1)).toBeGreaterThan(rate * (1 - 1e-9));
      }),
    );
    expect(transfersWithoutFailure(0.01)).toBe(1102);
  });

  it.each([0, 1, -0.1, Number.NaN])('refuses %d', (rate) => {
    expect(() => transfersWithoutFailure(rate)).toThrow(RangeError);
  });
});

describe('transfersToTellApart', () => {
  // The examples in the documentation of R's power.prop.test: n = 76.7; power = .740 at n = 50; p2 = .8026 at n = 50.
  it.each([
    [0.5, 0.75, 0.9, 77],
    [0.5, 0.75, 0.74, 50],
    [0.5, 0.8026, 0.9, 50],
  ])('%d and %d with a power of %d takes %i', (a, b, power, transfers) => {
    const found = transfersToTellApart(a, b, { ...INDEPENDENT, power });
    expect(Math.abs(found - transfers)).toBeLessThanOrEqual(power === 0.9 && b === 0.75 ? 0 : 1);
  });

  it('takes as many more as the design effect says, three times unless told', () => {
    const alone = transfersToTellApart(0.1, 0.2, INDEPENDENT);
    expect(transfersToTellApart(0.1, 0.2)).toBeGreaterThan(ASSUMED_DESIGN_EFFECT * (alone - 1));
    expect(transfersToTellApart(0.1, 0.2)).toBeLessThanOrEqual(ASSUMED_DESIGN_EFFECT * alone);
  });

  it('does not mind the order, and takes rates of nothing and all', () => {
    expect(transfersToTellApart(0.1, 0.2)).toBe(transfersToTellApart(0.2, 0.1));
    expect(transfersToTellApart(0, 1, INDEPENDENT)).toBeLessThanOrEqual(4);
    expect(transfersToTellApart(0, 0.01)).toBeGreaterThan(transfersToTellApart(0, 0.02));
  });

  it('refuses equal and impossible rates', () => {
    expect(() => transfersToTellApart(0.1, 0.1)).toThrow(RangeError);
    expect(() => transfersToTellApart(0.1, 1.1)).toThrow('1.1');
  });
});

describe('detectableDifference', () => {
  const PLAN = { blocks: 8, transfersPerBlock: 500, comparisons: 1 };

  it('is nothing where the blocks are too few for a claim', () => {
    const nothing = { fewer: null, more: null };
    expect(detectableDifference(0.3, { ...PLAN, blocks: 5 })).toEqual(nothing);
    expect(detectableDifference(0.3, { ...PLAN, blocks: 7, comparisons: 5 })).toEqual(nothing);
  });

  it('cannot find fewer failures than none, nor more than all', () => {
    expect(detectableDifference(0, PLAN)).toMatchObject({ fewer: null, more: expect.any(Number) });
    expect(detectableDifference(1, PLAN)).toMatchObject({ fewer: expect.any(Number), more: null });
    expect(detectableDifference(0.002, PLAN).fewer).toBeNull();
  });

  it('agrees with transfersToTellApart where blocks are many', () => {
    const { more } = detectableDifference(0.3, { blocks: 2000, transfersPerBlock: 10, comparisons: 1 });
    expect(transfersToTellApart(0.3, 0.3 + (more ?? 0)) / 20_000).toBeCloseTo(1, 2);
  });

  it('shrinks with blocks and with transfers, and grows with comparisons', () => {
    const more = (changes: Partial<typeof PLAN>) => detectableDifference(0.3, { ...PLAN, ...changes }).more;
    const middle = more({});
    expect(more({ blocks: 12 })).toBeLessThan(middle ?? 0);
    expect(more({ transfersPerBlock: 1000 })).toBeLessThan(middle ?? 0);
    expect(more({ comparisons: 5 })).toBeGreaterThan(middle ?? 1);
    expect(more({ blocks: 5000 })).toBeGreaterThan(0);
  });

  it('mirrors fewer and more where failures and successes change places', () => {
    const low = detectableDifference(0.3, PLAN);
    const high = detectableDifference(0.7, PLAN);
    expect(low.more).toBeCloseTo(high.fewer ?? Number.NaN, 12);
    expect(low.fewer).toBeCloseTo(high.more ?? Number.NaN, 12);
  });
});

function upperLimit(transfers: number): number {
  const half = transfers / 2;
  const { interval } = blockedProportion([
    { failed: 0, finished: half },
    { failed: 0, finished: half },
  ]);
  return interval?.[1] ?? Number.NaN;
}
