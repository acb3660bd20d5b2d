// A run that is taken up again: what it had counts, in its result, for its limit and on the way.
import { expect, it } from '@jest/globals';
import type * as Local from '../../src/engine/local.ts';
import { blockOrder } from '../../src/plan/order.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { Progress } from '../../src/result/progress.ts';
import type { BlockResult, RunResult } from '../../src/result/types.ts';
import { type Before, type RunOptions, runPlan } from '../../src/run/run.ts';
import { sampleBlock } from '../report/sample-result.ts';

/** Built: its children are programs. */
const { createLocalEngine }: typeof Local = await import('../../dist/engine/local.js' as string);

const DAY_MS = 86_400_000;
const STARTED_AT = '2020-01-01T00:00:00.000Z';

function planOf(keys: Readonly<Record<string, unknown>> = {}): Plan {
  return fillPlan({
    ...{ binders: ['reuse-port'], blocks: 3, workers: 1 },
    scenarios: [{ name: 'load', sessions: 1, transfers: 3, duration: '10s' }],
    ...keys,
  });
}

function before(plan: Plan, places: readonly number[]): Before {
  const order = blockOrder(plan);
  const block = (place: number): BlockResult =>
    sampleBlock({
      scenario: 'load',
      contestant: 'reuse-port',
      index: order[place]?.index ?? 0,
      offered: 100,
    });
  return {
    ...{ startedAt: STARTED_AT, elapsedMs: DAY_MS, resumed: [] },
    blocks: new Map(places.map((place) => [place, block(place)])),
  };
}

async function ran(plan: Plan, options: RunOptions): Promise<RunResult> {
  const engine = createLocalEngine();
  try {
    return await runPlan(plan, engine, options);
  } finally {
    await engine.close();
  }
}

it('has the start and the time of the whole run, and every block told in its turn', async () => {
  const plan = planOf();
  const told: number[] = [];
  const result = await ran(plan, {
    before: before(plan, [2, 0, 1]),
    onKeptBlock: (_, place) => void told.push(place),
  });
  expect(result).toMatchObject({ startedAt: STARTED_AT, endedBy: 'plan', partial: false });
  expect(result.durationMs).toBeGreaterThanOrEqual(DAY_MS);
  expect(told).toEqual([0, 1, 2]);
});

it('has no more time than the whole run, and keeps what it has', async () => {
  const plan = planOf({ maxTime: '86405s' });
  const result = await ran(plan, { before: before(plan, [0, 2]) });
  expect(result).toMatchObject({ endedBy: 'max-time', partial: true });
  expect(result.blocks.map(({ index }) => index)).toEqual([0, 2]);
});

it('keeps what it has when it is interrupted before a block that is missing', async () => {
  const plan = planOf();
  const told: number[] = [];
  const result = await ran(plan, {
    before: before(plan, [1, 2]),
    signal: AbortSignal.abort(),
    onKeptBlock: (_, place) => void told.push(place),
  });
  expect(result).toMatchObject({ endedBy: 'interrupt', partial: true });
  expect(result.blocks.map(({ index }) => index)).toEqual([1, 2]);
  expect(told).toEqual([1, 2]);
});

it('counts on the way what was done before, and tells its new block with the time of the run', async () => {
  const plan = planOf();
  const seen: Progress[] = [];
  const finished: { place: number; runElapsedMs: number; cutShort: boolean; transfers: number }[] = [];
  const result = await ran(plan, {
    before: before(plan, [0, 2]),
    onProgress: (progress) => seen.push(progress),
    onBlock: ({ transfers, block, ...one }) =>
      void finished.push({ ...one, transfers: transfers().length - block.offered - block.warmUp }),
  });
  expect(result).toMatchObject({ endedBy: 'plan', valid: true });
  expect(finished).toMatchObject([{ place: 1, cutShort: false, transfers: 0 }]);
  expect(finished[0]?.runElapsedMs).toBeGreaterThanOrEqual(DAY_MS);
  const [first] = seen;
  const last = seen.at(-1);
  expect(first).toMatchObject({ blocksDone: 2, blocksTotal: 3, offered: 200 });
  expect(first?.elapsedMs).toBeGreaterThanOrEqual(DAY_MS);
  expect(last).toMatchObject({ blocksDone: 3, remainingMs: 0, offered: 203 });
});

it('that a threshold of its plan had ended ends where it did, without any load', async () => {
  const plan = planOf({ abortOn: ['*.completed > 0'] });
  const started: number[] = [];
  const result = await ran(plan, {
    before: before(plan, [0, 1]),
    onBlock: ({ place }) => void started.push(place),
  });
  expect(result.abortedBy).toMatchObject({ expression: '*.completed > 0', blocks: 2 });
  expect(result).toMatchObject({ partial: true, endedBy: 'interrupt' });
  expect([result.blocks.length, started]).toEqual([2, []]);
});
