// Reasons to doubt a number: each is told beyond its limit, at it not, and of a run once a scenario.
import { describe, expect, it } from '@jest/globals';
import { doubtsAbout, doubtsAboutRun, otherWarnings } from '../../src/judge/doubts.ts';
import type { BlockResult, GeneratorLoad } from '../../src/result/types.ts';
import { judgeBlock } from '../../src/run/block.ts';
import { attempt, factsOf, raw, record } from '../run/samples.ts';

const BLOCK = judgeBlock(factsOf(), raw([attempt(0), attempt(1)], [record(0), record(1)]));

function withGenerator(more: Partial<GeneratorLoad>): BlockResult {
  if (BLOCK.generator === null) throw new Error('the block has no generator');
  return { ...BLOCK, generator: { ...BLOCK.generator, ...more } };
}

describe('doubtsAbout', () => {
  it('finds none in a block of a generator that had time', () => {
    expect(doubtsAbout(BLOCK)).toEqual([]);
  });

  it.each([
    [{ cpuShare: 0.9 }, { cpuShare: 0.94 }, { id: 'generator-busy', share: 0.94 }],
    [{ runQueueShare: 0.2 }, { runQueueShare: 0.25 }, { id: 'generator-starved', share: 0.25 }],
    [{ runQueueShare: null }, { runQueueShare: 1 }, { id: 'generator-starved', share: 1 }],
    [{ eventLoopLagMaxMs: 250 }, { eventLoopLagMaxMs: 251 }, { id: 'generator-stalled', lagMs: 251 }],
    [{ lateP99Ms: 20 }, { lateP99Ms: 21 }, { id: 'late-starts', p99Ms: 21 }],
    [{ lateP99Ms: null }, { lateP99Ms: 1000 }, { id: 'late-starts', p99Ms: 1000 }],
    [{ listenOverflows: 0 }, { listenOverflows: 1234 }, { id: 'accept-queue-full', connections: 1234 }],
    [{ timeWaitOverflows: 0 }, { timeWaitOverflows: 1 }, { id: 'time-wait-full', sockets: 1 }],
  ])('%j of the generator is no doubt, %j is', (within, beyond, warning) => {
    expect(doubtsAbout(withGenerator(within))).toEqual([]);
    expect(doubtsAbout(withGenerator(beyond))).toEqual([warning]);
  });

  it('arrivals that were dropped', () => {
    const dropping = (dropped: number) => doubtsAbout({ ...BLOCK, offered: 1000, dropped });
    expect(dropping(0)).toEqual([]);
    expect(dropping(1)).toEqual([{ id: 'arrivals-dropped', share: 0.001 }]);
    expect(doubtsAbout({ ...BLOCK, offered: 0, dropped: 0 })).toEqual([]);
  });

  it("failures of the generator's own calls, not of the server's", () => {
    const failing = (failures: BlockResult['failures']) => doubtsAbout({ ...BLOCK, failures });
    expect(failing({ 'bind.EADDRINUSE': 5, 'connect.EADDRNOTAVAIL': 3, 'control.ECONNRESET': 2 })).toEqual(
      [],
    );
    expect(failing({ 'listen.EMFILE': 2, 'control.EADDRNOTAVAIL': 3, 'bind.EADDRINUSE': 9 })).toEqual([
      { id: 'generator-failures', transfers: 5 },
    ]);
  });
});

describe('of a run', () => {
  const blockOf = (scenario: string, contestant: string, eventLoopLagMaxMs: number): BlockResult => {
    return { ...withGenerator({ eventLoopLagMaxMs }), scenario, contestant };
  };

  it('each doubt is told once a scenario and contestant, with its worst block', () => {
    const a = [blockOf('a', 'reuse-port', 300), blockOf('a', 'legacy', 900), blockOf('a', 'legacy', 10)];
    const blocks = [
      ...a,
      blockOf('a', 'legacy', 400),
      blockOf('b', 'legacy', 260),
      blockOf('c', 'legacy', 1),
    ];
    expect(doubtsAboutRun(blocks)).toEqual([
      { id: 'generator-stalled', lagMs: 900, scenario: 'a', contestant: 'legacy', blocks: 2 },
      { id: 'generator-stalled', lagMs: 300, scenario: 'a', contestant: 'reuse-port', blocks: 1 },
      { id: 'generator-stalled', lagMs: 260, scenario: 'b', contestant: 'legacy', blocks: 1 },
    ]);
  });

  it('what else its blocks warn of is told once, and no doubt a second time', () => {
    const warnings: BlockResult['warnings'] = [{ id: 'no-overlap' }, { id: 'generator-stalled', lagMs: 900 }];
    const blocks = ['legacy', 'legacy', 'reuse-port'].map((contestant) => ({
      ...blockOf('a', contestant, 900),
      warnings,
    }));
    expect(otherWarnings(blocks)).toEqual([
      { id: 'no-overlap', scenario: 'a', contestant: 'legacy', blocks: 2 },
      { id: 'no-overlap', scenario: 'a', contestant: 'reuse-port', blocks: 1 },
    ]);
  });
});
