// The simulation of a block: against formulas, against known values, and what must hold whatever is drawn.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  ClosedLoad,
  LoadModel,
  OpenLoad,
  SimulatedBlock,
  TransferModel,
} from '../../src/predict/model.ts';
import { exponentialMs, fixedMs, uniformMs } from '../../src/predict/samplers.ts';
import { simulateBlock } from '../../src/predict/simulation.ts';
import { createRandom } from '../../src/stats/random.ts';
import { BSD, holding, poissonLoad, waitsOfSeconds } from './loads.ts';

const ARRIVALS = 300_000;

function simulate(load: LoadModel, transfer: TransferModel, seed = 20): SimulatedBlock {
  return simulateBlock(load, transfer, createRandom(seed));
}

/** Of so many random arrivals at an offered load of a. */
function rateAt(a: number, holdMs: number, transfer: TransferModel): number {
  const everyMs = holdMs / a;
  const { failed, completed } = simulate(poissonLoad(everyMs, ARRIVALS * everyMs), transfer);
  return failed / (failed + completed);
}

function burstOf(size: number, load: Partial<OpenLoad> = {}): OpenLoad {
  const limits = { sessions: size, durationMs: 1000, warmUpMs: 0, transfers: 0 };
  return { kind: 'open', ...limits, arrivalsMs: () => Array(size).fill(0), ...load };
}

function closed(load: Partial<ClosedLoad> = {}): ClosedLoad {
  const limits = { sessions: 4, durationMs: 1000, warmUpMs: 0, transfers: 0 };
  return { kind: 'closed', ...limits, thinkMs: () => 0, activeFromMs: (_, atMs) => atMs, ...load };
}

describe('known values', () => {
  it.each([
    ['one try, a = .5: a / (1 + a)', 0.5, holding(exponentialMs(50), []), 50, 1 / 3, 0.003],
    ['linear 11 tries, exponential hold, a = .9', 0.9, holding(exponentialMs(50), BSD), 50, 0.109, 0.004],
    [
      'ten tries 1 s apart, a = .7',
      0.7,
      holding(exponentialMs(50), waitsOfSeconds(Array(9).fill(1))),
      50,
      0.061,
      0.003,
    ],
    ['linear 11 tries, a hold of 65 s, a = .3', 0.3, holding(fixedMs(65_000), BSD), 65_000, 0.074, 0.003],
  ])('%s', (_, a, transfer, holdMs, expected, within) => {
    expect(Math.abs(rateAt(a, holdMs, transfer) - expected)).toBeLessThan(within);
  });

  it('100 in lockstep, 11 tries: 89 fail', () => {
    expect(simulate(burstOf(100), holding(fixedMs(50), BSD))).toMatchObject({
      completed: 11,
      failed: 89,
      holds: 11,
    });
  });

  it('one try fails as often whatever the distribution of the hold', () => {
    expect(rateAt(0.5, 50, holding(fixedMs(50), []))).toBeCloseTo(1 / 3, 2);
    expect(rateAt(0.5, 50, holding(uniformMs(0, 100), []))).toBeCloseTo(1 / 3, 2);
  });
});

describe('rules', () => {
  const timed = { ...holding(fixedMs(5), []), holdAfterConnectMs: fixedMs(20), timeWaitMs: fixedMs(60_900) };

  it('through TIME_WAIT: the first one has the port for the whole block', () => {
    const block = simulate(burstOf(10), { ...timed, holdsPort: 'through-time-wait', waits: BSD });
    expect(block).toMatchObject({ completed: 1, failed: 9, holds: 1, heldMs: 60_925 });
  });

  it('without TIME_WAIT, as on STOR, it is free when the transfer has ended', () => {
    const stor = { ...timed, holdsPort: 'through-time-wait', timeWaitMs: fixedMs(0) } as const;
    const every10Ms = burstOf(3, { arrivalsMs: () => [0, 10, 25] });
    expect(simulate(every10Ms, stor)).toMatchObject({ completed: 2, failed: 1, heldMs: 50 });
  });

  it('until connect: only the window counts', () => {
    const every10Ms = burstOf(3, { arrivalsMs: () => [0, 10, 25] });
    expect(simulate(every10Ms, timed)).toMatchObject({ completed: 3, failed: 0, heldMs: 15 });
  });

  it('shared: nobody fails', () => {
    expect(simulate(burstOf(50), { ...timed, holdsPort: 'never' })).toMatchObject({
      completed: 50,
      failed: 0,
      holds: 0,
    });
  });

  it('a bind in the moment of the release succeeds when it was decided later', () => {
    const waits = [{ minMs: 5, maxMs: 5 }];
    expect(simulate(burstOf(2), { ...holding(fixedMs(5), waits) })).toMatchObject({
      completed: 2,
      failed: 0,
    });
  });
});

describe('loads', () => {
  const quick = { ...holding(fixedMs(1), BSD), afterMs: fixedMs(9) };

  it('an arrival without an idle session is dropped', () => {
    const busy = simulate(burstOf(5, { sessions: 2 }), { ...quick, holdsPort: 'never' });
    expect(busy).toMatchObject({ offered: 5, completed: 2, failed: 0, dropped: 3, asked: 2 });
  });

  it('arrivals end with the load time', () => {
    expect(simulate(burstOf(3, { durationMs: 10, arrivalsMs: () => [0, 9, 10] }), quick).offered).toBe(2);
  });

  it('a closed session runs one transfer after another, none from the end of the load time on', () => {
    const block = simulate(closed({ sessions: 1 }), quick);
    expect(block).toMatchObject({ completed: 100, durationMs: 1000 });
  });

  it('thinks before each transfer', () => {
    expect(simulate(closed({ sessions: 1, thinkMs: () => 90 }), quick)).toMatchObject({ completed: 10 });
  });

  it('stops at the limit, dropped arrivals and the warm-up included', () => {
    expect(simulate(closed({ transfers: 17 }), { ...quick, holdsPort: 'never' }).completed).toBe(17);
    expect(simulate(burstOf(5, { sessions: 2, transfers: 3 }), quick)).toMatchObject({
      dropped: 1,
      completed: 2,
    });
  });

  it('does not count the warm-up', () => {
    const block = simulate(closed({ sessions: 1, warmUpMs: 250 }), quick);
    expect(block).toMatchObject({ completed: 75, asked: 100 });
  });

  it('sessions are active when the stages say so', () => {
    const second = closed({
      sessions: 2,
      activeFromMs: (session, atMs) => (session === 0 ? undefined : Math.max(500, atMs)),
    });
    expect(simulate(second, quick)).toMatchObject({ completed: 50 });
  });
});

describe('whatever is drawn', () => {
  const anything = fc.record({
    sessions: fc.integer({ min: 1, max: 20 }),
    everyMs: fc.integer({ min: 1, max: 50 }),
    windowMs: fc.integer({ min: 0, max: 100 }),
    waits: fc.array(
      fc.record({ minMs: fc.integer({ min: 0, max: 50 }), maxMs: fc.integer({ min: 50, max: 90 }) }),
      { maxLength: 5 },
    ),
    holdsPort: fc.constantFrom('through-time-wait' as const, 'until-connect' as const, 'never' as const),
    seed: fc.integer(),
  });

  function drawn(
    {
      sessions,
      everyMs,
      windowMs,
      waits,
      holdsPort,
    }: {
      sessions: number;
      everyMs: number;
      windowMs: number;
      waits: TransferModel['waits'];
      holdsPort: TransferModel['holdsPort'];
    },
    scale = 1,
  ) {
    const times = waits.map(({ minMs, maxMs }) => ({ minMs: minMs * scale, maxMs: maxMs * scale }));
    const transfer = {
      ...holding(exponentialMs(windowMs * scale), times),
      holdsPort,
      afterMs: exponentialMs(5 * scale),
      oversleepMs: uniformMs(0, scale),
    };
    return { load: { ...poissonLoad(everyMs * scale, 2000 * scale), sessions }, transfer };
  }

  it('every arrival is completed, failed or dropped, and a port that is never held fails none', () => {
    fc.assert(
      fc.property(anything, (values) => {
        const { load, transfer } = drawn(values);
        const { offered, completed, failed, dropped, holds } = simulate(load, transfer, values.seed);
        expect(offered).toBe(completed + failed + dropped);
        expect(failed === 0 || values.holdsPort !== 'never').toBe(true);
        expect(holds).toBe(values.holdsPort === 'never' ? 0 : completed);
      }),
      { numRuns: 50 },
    );
  });

  it('the same seed gives the same block, and every time 64-fold the same counts', () => {
    fc.assert(
      fc.property(anything, (values) => {
        const [once, again, slow] = [drawn(values), drawn(values), drawn(values, 64)];
        const block = simulate(once.load, once.transfer, values.seed);
        expect(simulate(again.load, again.transfer, values.seed)).toEqual(block);
        const { completed, failed, dropped } = simulate(slow.load, slow.transfer, values.seed);
        expect({ completed, failed, dropped }).toEqual({
          completed: block.completed,
          failed: block.failed,
          dropped: block.dropped,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('every second as 20 ms: the identical result', () => {
    const [slow, quick] = [1, 1 / 50].map((scale) => {
      const waits = BSD.map(({ minMs, maxMs }) => ({ minMs: minMs * scale, maxMs: maxMs * scale }));
      return simulate(poissonLoad(60 * scale, 600_000 * scale), holding(exponentialMs(50 * scale), waits));
    });
    expect(slow?.failed).toBeGreaterThan(0);
    expect([quick?.completed, quick?.failed]).toEqual([slow?.completed, slow?.failed]);
  });
});
