// What goes together: one draw for what one process does in one moment, and independent ones otherwise.
import { expect, it } from '@jest/globals';
import { batchDraws } from '../../src/predict/batches.ts';
import type { Draws } from '../../src/predict/model.ts';
import { createRandom } from '../../src/stats/random.ts';

const of = (draws: Draws) => draws.uniform();

it('sessions of one process share the draw of one moment, kind by kind', () => {
  const { forStart, forWait } = batchDraws({ processes: 2, lengthMs: 1 }, createRandom(1));
  const start = of(forStart(0, 7.1));
  expect(of(forStart(2, 7.9))).toBe(start);
  expect(of(forStart(1, 7.1))).not.toBe(start);
  expect(of(forStart(0, 8))).not.toBe(start);
  expect(of(forWait(0, 7.1))).not.toBe(start);
  expect(of(forWait(4, 7.3))).toBe(of(forWait(0, 7.1)));
});

it('differs from block to block, and repeats itself for a seed', () => {
  const random = createRandom(1);
  const [one, two] = [0, 1].map(() => of(batchDraws({ processes: 2, lengthMs: 1 }, random).forStart(0, 7)));
  expect(one).not.toBe(two);
  expect(of(batchDraws({ processes: 2, lengthMs: 1 }, createRandom(1)).forStart(0, 7))).toBe(one);
});

it('is spread evenly over the moments', () => {
  const { forWait } = batchDraws({ processes: 3, lengthMs: 1 }, createRandom(5));
  const tenths = Array(10).fill(0);
  for (let atMs = 0; atMs < 20_000; atMs++)
    for (const session of [0, 1, 2]) tenths[Math.floor(of(forWait(session, atMs)) * 10)] += 1;
  // χ² with 9 degrees of freedom; .999 quantile. The seed is fixed, so this passes always or never.
  expect(tenths.reduce((sum, count) => sum + (count - 6000) ** 2 / 6000, 0)).toBeLessThan(27.9);
});

it('without batches every draw is its own', () => {
  const { forStart } = batchDraws(null, createRandom(1));
  expect(of(forStart(0, 7))).not.toBe(of(forStart(0, 7)));
});

it('those that a process reads in one moment bind one behind the other', () => {
  const { behindOthersMs } = batchDraws({ processes: 2, lengthMs: 1 }, createRandom(1));
  const first = [0, 2, 4].map((session) => behindOthersMs(session, 7.1));
  expect(first[0]).toBe(0);
  expect(first[1]).toBeGreaterThan(0);
  expect(first[2]).toBeCloseTo(2 * (first[1] as number));
  expect(behindOthersMs(1, 7.2)).toBe(0);
  expect(behindOthersMs(6, 8.5)).toBe(0);
  expect(batchDraws(null, createRandom(1)).behindOthersMs(0, 7.1)).toBe(0);
});
