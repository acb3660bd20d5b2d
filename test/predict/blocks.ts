// Blocks as a run would have measured them, made by the simulation: what predictions of measured times are tested with.
import type { WaitRange } from '../../src/binder/types.ts';
import type { Scenario } from '../../src/plan/types.ts';
import type { WorkloadDraws } from '../../src/predict/inputs.ts';
import type { ClosedLoad } from '../../src/predict/model.ts';
import { exponentialMs, fixedMs, uniformMs } from '../../src/predict/samplers.ts';
import { simulateBlock } from '../../src/predict/simulation.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { createHistogram, encodeHistogram, recordMs } from '../../src/stats/histogram.ts';
import { createRandom } from '../../src/stats/random.ts';
import { BSD } from './loads.ts';

export const SCENARIO: Scenario = {
  name: 'window',
  workload: {
    kind: 'closed',
    thinkTime: { kind: 'fixed', ms: 0 },
    stages: [{ durationMs: 40_000, from: 32, to: 32 }],
  },
  sessions: 32,
  mix: [{ value: 'retr', weight: 1 }],
  fileSize: { kind: 'fixed', bytes: 4096 },
  durationMs: 40_000,
  warmUpMs: 0,
  transfers: 0,
  bindToConnectMs: 900,
  clientAddresses: 'each',
  clientPort: 'fresh',
  announce: 'auto',
  login: 'once',
  tls: 'off',
  network: 'none',
};

/** Sessions that are active all the time and do not think. */
export const ALWAYS: WorkloadDraws = {
  arrivalsMs: () => [],
  thinkMs: () => 0,
  activeFromMs: (_, atMs) => atMs,
};

const TIMES = {
  beforeBind: exponentialMs(300),
  window: uniformMs(850, 950),
  holdAfterConnect: fixedMs(20),
  after: exponentialMs(200),
  oversleep: uniformMs(0, 80),
};

/** `extra` failures beyond those of contention are counted in each block. */
export function measuredBlocks(count: number, waits: readonly WaitRange[] = BSD, extra = 0): BlockResult[] {
  const random = createRandom(42);
  return Array.from({ length: count }, (_, index) => {
    const { sessions, durationMs, warmUpMs, transfers } = SCENARIO;
    const load: ClosedLoad = { kind: 'closed', sessions, durationMs, warmUpMs, transfers, ...ALWAYS };
    const block = simulateBlock(
      load,
      {
        holdsPort: 'until-connect',
        waits,
        beforeBindMs: TIMES.beforeBind,
        windowMs: TIMES.window,
        holdAfterConnectMs: TIMES.holdAfterConnect,
        afterMs: TIMES.after,
        oversleepMs: TIMES.oversleep,
        timeWaitMs: fixedMs(0),
        batches: { processes: 2, lengthMs: 1 },
      },
      random,
    );
    const { completed } = block;
    const failed = Math.max(0, block.failed + extra);
    return {
      index,
      completed,
      failed,
      cancelled: 0,
      valid: true,
      contention: CONTENTION,
    } as unknown as BlockResult;
  });
}

const CONTENTION = Object.fromEntries(
  Object.entries(TIMES).map(([name, sampler]) => {
    const random = createRandom(name.length);
    const histogram = createHistogram();
    for (let i = 0; i < 2000; i++) recordMs(histogram, sampler(random));
    return [name, encodeHistogram(histogram)];
  }),
);
