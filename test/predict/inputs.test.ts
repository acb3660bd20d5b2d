// From measured blocks to models: each with its own times, and with moments as long as its waits oversleep.
import { describe, expect, it } from '@jest/globals';
import { measuredTransfers } from '../../src/predict/inputs.ts';
import type { ContentionTimes } from '../../src/result/types.ts';
import { createHistogram, encodeHistogram, recordMs } from '../../src/stats/histogram.ts';
import { createRandom } from '../../src/stats/random.ts';
import { SCENARIO } from './blocks.ts';
import { BSD } from './loads.ts';

function histogramOf(...timesMs: readonly number[]): string {
  const histogram = createHistogram();
  for (const ms of timesMs) recordMs(histogram, ms);
  return encodeHistogram(histogram);
}

function blockWith(times: Partial<ContentionTimes>): { contention: ContentionTimes } {
  const contention = {
    ...{ beforeBind: histogramOf(1), window: histogramOf(4), holdAfterConnect: histogramOf(1) },
    ...{ after: histogramOf(1), oversleep: histogramOf(0.5) },
  };
  return { contention: { ...contention, ...times } };
}

const INPUTS = { binder: 'legacy-bsd', waits: BSD, processes: 2 } as const;
const models = (...blocks: Parameters<typeof measuredTransfers>[2][number][]) =>
  measuredTransfers(SCENARIO, INPUTS, blocks);

describe('measuredTransfers', () => {
  it('is one model a block, with the times of that block', () => {
    const [quick, slow] = models(blockWith({}), blockWith({ window: histogramOf(40) })) ?? [];
    const random = createRandom(1);
    expect(quick?.windowMs(random)).toBeCloseTo(4, 1);
    expect(slow?.windowMs(random)).toBeCloseTo(40, 0);
  });

  it('takes from the others what did not happen in a block', () => {
    const [first] =
      models(blockWith({ window: histogramOf() }), blockWith({ window: histogramOf(40) })) ?? [];
    expect(first?.windowMs(createRandom(1))).toBeCloseTo(40, 0);
  });

  it.each([
    [[0.2, 0.4], 1], // timers count whole milliseconds
    [[], 1],
    [[2, 4], 6],
  ])('oversleeping %j makes moments of %d ms', (oversleep, lengthMs) => {
    const [model] = models(blockWith({ oversleep: histogramOf(...oversleep) })) ?? [];
    expect(model?.batches).toMatchObject({ processes: 2, lengthMs: expect.closeTo(lengthMs, 1) });
  });

  it('is null where no bind succeeded, or nothing was told', () => {
    expect(models(blockWith({ window: histogramOf() }))).toBeNull();
    expect(models({ contention: null })).toBeNull();
    expect(models()).toBeNull();
  });
});
