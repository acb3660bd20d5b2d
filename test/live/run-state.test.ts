// The words of the bar: what runs, how far it is, and time that goes on while nothing is reported.
import { describe, expect, it } from '@jest/globals';
import { createRunState } from '../../src/live/run-state.ts';
import type { Progress } from '../../src/result/progress.ts';

const PROGRESS: Progress = {
  ...{ blocksDone: 12, blocksTotal: 72, scenario: 'downloads-64', contestant: 'legacy-bsd' },
  ...{ elapsedMs: 65_000, remainingMs: 300_400, offered: 2990, own: { finished: 990, failed: 402 } },
};

function running() {
  let nowMs = 0;
  const state = createRunState({ name: 'collisions' }, { nowMs: () => nowMs });
  const later = (ms: number) => {
    nowMs += ms;
  };
  return { state, later };
}

describe('the bar', () => {
  it('begins without numbers', () => {
    expect(running().state.words()).toEqual({
      ...{ title: 'port20: collisions', doing: 'Starting', blocksDone: 0, blocksTotal: 0 },
      ...{ whose: '–', offered: '–', failed: '–', rate: '–', elapsed: '–', left: '–' },
    });
  });

  it('says what runs, and how far it is', () => {
    const { state } = running();
    state.show(PROGRESS);
    expect(state.words()).toEqual({
      title: '13/72 port20: collisions',
      ...{ doing: 'Block 13 of 72', whose: 'legacy-bsd in downloads-64' },
      ...{ offered: '2 990', failed: '402 of 990 (40.6 %)', rate: '–', elapsed: '1 min 5 s', left: '5 min' },
      ...{ blocksDone: 12, blocksTotal: 72 },
    });
  });

  it('has the rate of late', () => {
    const { state, later } = running();
    state.show(PROGRESS);
    later(2000);
    state.show({ ...PROGRESS, contestant: 'legacy', offered: 3090, own: { finished: 3, failed: 0 } });
    expect(state.words().rate).toBe('50');
  });

  it('lets the time go on while nothing is reported, but not below nothing', () => {
    const { state, later } = running();
    state.show(PROGRESS);
    later(10_000);
    expect(state.words()).toMatchObject({ elapsed: '1 min 15 s', left: '4 min 50 s' });
    later(600_000);
    expect(state.words()).toMatchObject({ left: '0 s' });
  });

  it('knows when all blocks are done, and when nothing is known of the time left', () => {
    const { state } = running();
    state.show({ ...PROGRESS, remainingMs: null });
    expect(state.words()).toMatchObject({ left: '–' });
    state.show({ ...PROGRESS, blocksDone: 72 });
    expect(state.words()).toMatchObject({ doing: '72 of 72 blocks done', left: '–' });
  });

  it('stands still when the run is over', () => {
    const { state, later } = running();
    state.show(PROGRESS);
    later(2000);
    state.end();
    const words = state.words();
    expect(words).toMatchObject({
      ...{ title: 'over port20: collisions', doing: '12 of 72 blocks done', elapsed: '1 min 7 s' },
      ...{ whose: '–', offered: '2 990', failed: '–', rate: '–', left: '–' },
    });
    later(5000);
    expect(state.words()).toEqual(words);
  });

  it('says of a run that was over before it began that it was', () => {
    const { state } = running();
    state.end();
    expect(state.words()).toMatchObject({ doing: 'No block was begun' });
  });
});
