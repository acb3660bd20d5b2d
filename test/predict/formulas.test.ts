// The formulas: values derived by hand, limits, and what must hold for any load.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  failureRateBound,
  fairQueueFailureRate,
  freeInstants,
  lockstepFailureRate,
  oneTryFailureRate,
  spreadTriesFailureRate,
} from '../../src/predict/formulas.ts';
import { BSD, waitsOfSeconds } from './loads.ts';

const load = fc.double({ min: 0, max: 1000, noNaN: true });
const tries = fc.integer({ min: 1, max: 50 });
const patience = fc.double({ min: 0, max: 1e4, noNaN: true });

describe('golden values', () => {
  it.each([
    ['one try, a = 0', oneTryFailureRate(0), 0],
    ['one try, a = .5', oneTryFailureRate(0.5), 1 / 3],
    ['one try, a = 1', oneTryFailureRate(1), 0.5],
    ['bound below a = 1', failureRateBound(0.99), 0],
    ['bound, a = 17.5', failureRateBound(17.5), 1 - 1 / 17.5],
    // K = 1: B = a(1 - B). K = 2, a = 1: B² + B - 1 = 0, B is the golden ratio's .618, P = B² = .382.
    ['one of spread tries', spreadTriesFailureRate(0.5, 1), 1 / 3],
    ['two spread tries, a = 1', spreadTriesFailureRate(1, 2), (3 - Math.sqrt(5)) / 2],
    // K = 2, a = 2: 2B² + B - 2 = 0, B = (√17 - 1) / 4.
    ['two spread tries, a = 2', spreadTriesFailureRate(2, 2), ((Math.sqrt(17) - 1) / 4) ** 2],
    ['lockstep, 100 clients, 11 instants', lockstepFailureRate(100, 11), 0.89],
    ['lockstep, fewer clients than instants', lockstepFailureRate(5, 11), 0],
    ['fair queue, a = 1, T = 0', fairQueueFailureRate(1, 0), 0.5],
    ['fair queue, a = 1, T/H = 8', fairQueueFailureRate(1, 8), 0.1],
    // T = 0 is M/M/1 without a queue: a / (1 + a).
    ['fair queue, a = .5, T = 0', fairQueueFailureRate(0.5, 0), 1 / 3],
    // (1 - 2)·2·e / (1 - 4e) at a = 2, T/H = 1.
    ['fair queue, a = 2, T/H = 1', fairQueueFailureRate(2, 1), (2 * Math.E) / (4 * Math.E - 1)],
    ['fair queue, endless patience', fairQueueFailureRate(4, 1e9), 0.75],
    ['fair queue, a < 1, endless patience', fairQueueFailureRate(0.9, 1e9), 0],
  ])('%s', (_, found, expected) => {
    expect(found).toBeCloseTo(expected, 12);
  });

  it.each([
    ['shorter than every wait: all eleven', 900, 11],
    ['as long as a wait: free again in that moment', 1000, 11],
    // Binds at 0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55 s; 4.5 s are held from 0, 6, 15, 21, 28, 36, 45, 55.
    ['4.5 s', 4500, 8],
    ['longer than all waits', 60_000, 1],
  ])('free instants of the bsd schedule, hold %s', (_, holdMs, expected) => {
    expect(freeInstants(BSD, holdMs)).toBe(expected);
  });
});

describe('for any load', () => {
  it('every rate is 0 to 1', () => {
    fc.assert(
      fc.property(load, tries, patience, (a, k, p) => {
        const rates = [
          oneTryFailureRate(a),
          failureRateBound(a),
          spreadTriesFailureRate(a, k),
          fairQueueFailureRate(a, p),
        ];
        for (const rate of rates) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('more load never fails less', () => {
    fc.assert(
      fc.property(load, load, tries, patience, (a, more, k, p) => {
        const all = (x: number) => [
          oneTryFailureRate(x),
          failureRateBound(x),
          spreadTriesFailureRate(x, k),
          fairQueueFailureRate(x, p),
        ];
        const [low, high] = [all(a), all(a + more)];
        low.forEach((rate, i) => {
          expect(high[i]).toBeGreaterThanOrEqual(rate - 1e-9);
        });
      }),
    );
  });

  it('more tries, or more patience, never fail more, and nothing fails less than the bound', () => {
    fc.assert(
      fc.property(load, tries, patience, (a, k, p) => {
        expect(spreadTriesFailureRate(a, k + 1)).toBeLessThanOrEqual(spreadTriesFailureRate(a, k) + 1e-9);
        expect(fairQueueFailureRate(a, p + 1)).toBeLessThanOrEqual(fairQueueFailureRate(a, p) + 1e-9);
        expect(spreadTriesFailureRate(a, k)).toBeGreaterThanOrEqual(failureRateBound(a) - 1e-9);
        expect(fairQueueFailureRate(a, p)).toBeGreaterThanOrEqual(failureRateBound(a) - 1e-9);
      }),
    );
  });

  it('is smooth at a = 1, where the formula of the fair queue divides 0 by 0', () => {
    for (const p of [0, 1, 10, 1000]) {
      expect(fairQueueFailureRate(1 + 1e-9, p)).toBeCloseTo(1 / (2 + p), 6);
      expect(fairQueueFailureRate(1 - 1e-9, p)).toBeCloseTo(1 / (2 + p), 6);
    }
  });

  it('an endless load fails all', () => {
    const rates = [oneTryFailureRate, failureRateBound].map((rate) => rate(Infinity));
    expect([...rates, spreadTriesFailureRate(Infinity, 11), fairQueueFailureRate(Infinity, 3)]).toEqual([
      1, 1, 1, 1,
    ]);
  });
});

it.each([
  () => oneTryFailureRate(-1),
  () => failureRateBound(Number.NaN),
  () => spreadTriesFailureRate(1, 0),
  () => spreadTriesFailureRate(1, 1.5),
  () => fairQueueFailureRate(1, -1),
  () => lockstepFailureRate(0, 1),
])('refuses what is no load: %s', (call) => {
  expect(call).toThrow(RangeError);
});

it('needs no waits for one instant', () => {
  expect(freeInstants(waitsOfSeconds([]), 5)).toBe(1);
});
