// Predictions of measured times: when contention explains a rate, when it does not, and when nothing can be said.
import { describe, expect, it } from '@jest/globals';
import { BINDER_NAMES } from '../../src/binder/types.ts';
import type { Contestant } from '../../src/plan/types.ts';
import { explainContestant, type PredictionRequest, predictionOf } from '../../src/predict/predict.ts';
import type { BlockResult } from '../../src/result/types.ts';
import { ALWAYS, measuredBlocks, SCENARIO } from './blocks.ts';
import { BSD } from './loads.ts';

const BLOCKS = measuredBlocks(6);

function request(more: Partial<PredictionRequest> = {}): PredictionRequest {
  const contestant = { kind: 'binder', name: 'legacy-bsd', binder: 'legacy-bsd' } as const;
  return {
    scenario: SCENARIO,
    contestant,
    blocks: BLOCKS,
    waits: BSD,
    processes: 2,
    draws: ALWAYS,
    seed: 7,
    ...more,
  };
}

function predicted(asked: PredictionRequest) {
  return predictionOf(explainContestant(asked));
}

function rateOf(blocks: readonly BlockResult[]): number {
  const failed = blocks.reduce((sum, block) => sum + block.failed, 0);
  return failed / blocks.reduce((sum, block) => sum + block.failed + block.completed, 0);
}

describe('with the times of the blocks', () => {
  it('comes to the rate that contention made, and says so', () => {
    const found = predicted(request());
    expect(found).toMatchObject({ verdict: 'explained', replications: 200 });
    expect(Math.abs((found?.failureRate ?? 0) - rateOf(BLOCKS))).toBeLessThan(0.03);
  });

  it.each([
    ['more-failures', 400],
    ['fewer-failures', -1000],
  ])('%s where the measured rate is outside', (verdict, extra) => {
    expect(predicted(request({ blocks: measuredBlocks(6, BSD, extra) }))).toMatchObject({ verdict });
  });

  it('does not look at the failures that it predicts', () => {
    const { verdict: _, ...with400 } = predicted(request({ blocks: measuredBlocks(6, BSD, 400) })) ?? {
      verdict: null,
    };
    expect(predicted(request())).toMatchObject(with400);
  });

  it('repeats itself for a seed', () => {
    expect(predicted(request())).toEqual(predicted(request()));
    expect(predicted(request({ seed: 8 }))).not.toEqual(predicted(request()));
  });

  it('tells what met at the port', () => {
    const contention = explainContestant(request())?.forecast.contention;
    expect(contention?.holdMs).toBeCloseTo(900, -1);
    expect(contention?.offeredLoad).toBeGreaterThan(1);
  });

  it('legacy has the port through TIME_WAIT, which outlasts the block', () => {
    const contestant = { kind: 'binder', name: 'legacy', binder: 'legacy' } as const;
    const found = explainContestant(request({ contestant }));
    expect(found?.forecast.contention?.holdMs).toBeGreaterThan(60_900);
    expect(found?.forecast.failureRate).toBeGreaterThan(0.95);
  });
});

describe('a port that is never held', () => {
  it.each(BINDER_NAMES.filter((name) => !name.startsWith('legacy')))(
    '%s: none fails, and any failure is another',
    (binder) => {
      const contestant = { kind: 'binder', name: binder, binder } as const;
      const without = BLOCKS.map((block) => ({ ...block, failed: 0 }));
      const none = { failureRate: 0, interval: [0, 0], tolerance: [0, 0], replications: 0 };
      expect(predicted(request({ contestant, blocks: without }))).toEqual({
        ...none,
        verdict: 'explained',
      });
      const one = without.map((block, i) => ({ ...block, failed: i === 0 ? 1 : 0 }));
      expect(predicted(request({ contestant, blocks: one }))).toEqual({
        ...none,
        verdict: 'more-failures',
      });
    },
  );
});

describe('nothing is said', () => {
  it.each<[string, Partial<PredictionRequest>]>([
    ['of a peer', { contestant: { kind: 'peer', name: 'vsftpd', peer: 'vsftpd' } as Contestant }],
    ['of a target', { contestant: { kind: 'target', name: 'x', url: 'ftp://x' } }],
    ['without blocks', { blocks: [] }],
    ['of invalid blocks', { blocks: BLOCKS.map((block) => ({ ...block, valid: false })) }],
    ["without the server's view", { blocks: BLOCKS.map((block) => ({ ...block, contention: null })) }],
    ['where nothing finished', { blocks: BLOCKS.map((block) => ({ ...block, failed: 0, completed: 0 })) }],
  ])('%s', (_, more) => {
    expect(predicted(request(more))).toBeNull();
  });
});
