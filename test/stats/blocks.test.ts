// A rate from blocks: the design effect, and the cases in which there is none to estimate.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ASSUMED_DESIGN_EFFECT, type BlockCount, blockedProportion } from '../../src/stats/blocks.ts';
import { clopperPearson, wilson } from '../../src/stats/proportion.ts';

const block = fc
  .record({ finished: fc.integer({ min: 0, max: 3000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ finished, share }) => ({ finished, failed: Math.round(share * finished) }));

describe('blockedProportion', () => {
  it("is the textbook's s²/(p(1-p)/n̄) for blocks of one size, and Wilson with t at the effective size", () => {
    const { designEffect, effectiveSize, interval, rate } = blockedProportion(
      blocksOf(100, [10, 20, 30, 20]),
    );
    const s2 = (0.1 ** 2 + 0 + 0.1 ** 2 + 0) / 3;
    const effect = s2 / ((0.2 * 0.8) / 100);
    expect(rate).toBe(0.2);
    expect(designEffect).toBeCloseTo(effect, 10);
    expect(effectiveSize).toBeCloseTo(400 / effect, 8);
    const expected = wilson(0.2 * (400 / effect), 400 / effect, { criticalValue: 3.182446 });
    expect(interval?.[0]).toBeCloseTo(expected[0], 6);
    expect(interval?.[1]).toBeCloseTo(expected[1], 6);
  });

  it('never takes blocks for more than independent transfers', () => {
    expect(blockedProportion(blocksOf(100, [20, 20, 20, 20]))).toMatchObject({
      designEffect: 1,
      effectiveSize: 400,
    });
  });

  it('sees blocks of all or nothing as few trials, however many transfers they hold', () => {
    const { effectiveSize } = blockedProportion(blocksOf(1000, [1000, 0, 1000, 0, 1000, 0]));
    expect(effectiveSize).toBeCloseTo(5, 6);
  });

  it('weighs blocks by their size: a tiny odd block changes little', () => {
    const even = blocksOf(1000, [100, 100, 100, 100, 100]);
    const odd = blockedProportion([...even, { failed: 4, finished: 4 }]);
    expect(odd.rate).toBeCloseTo(0.1, 2);
    expect(odd.designEffect).toBe(1);
  });

  it.each([
    ['no failures', 0],
    ['nothing but failures', 200],
  ])('%s: a third of the size, and nothing estimated', (_, failed) => {
    const found = blockedProportion(blocksOf(200, [failed, failed, failed, failed, failed, failed]));
    const size = 1200 / ASSUMED_DESIGN_EFFECT;
    expect(found).toMatchObject({ designEffect: null, effectiveSize: size });
    expect(found.interval).toEqual(clopperPearson(failed === 0 ? 0 : size, size));
  });

  it('gives no interval for one block, and no rate for none', () => {
    expect(blockedProportion(blocksOf(200, [3]))).toMatchObject({ rate: 0.015, interval: null, blocks: 1 });
    expect(blockedProportion([])).toMatchObject({ rate: null, interval: null, blocks: 0 });
  });

  it('leaves out blocks in which nothing finished', () => {
    const blocks = blocksOf(100, [10, 20, 30]);
    expect(blockedProportion([...blocks, { failed: 0, finished: 0 }])).toEqual(blockedProportion(blocks));
  });

  it('contains the rate, whatever the blocks', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 2, maxLength: 12 }), (blocks) => {
        const { rate, interval, effectiveSize, finished } = blockedProportion(blocks);
        if (interval === null) return;
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[0]).toBeLessThanOrEqual((rate ?? Number.NaN) + 1e-12);
        expect(interval[1]).toBeGreaterThanOrEqual((rate ?? Number.NaN) - 1e-12);
        expect(interval[1]).toBeLessThanOrEqual(1);
        expect(effectiveSize).toBeLessThanOrEqual(finished);
      }),
    );
  });

  it('refuses more failures than transfers', () => {
    expect(() => blockedProportion([{ failed: 2, finished: 1 }])).toThrow('2 failed of 1 finished');
  });
});

function blocksOf(finished: number, failures: readonly number[]): BlockCount[] {
  return failures.map((failed) => ({ failed, finished }));
}
