// Reasons to doubt a number: each is told beyond its limit, at it not, and of a run once a scenario.
import { describe, expect, it } from '@jest/globals';
import { doubtsAbout, doubtsAboutRun } from '../../src/judge/doubts.ts';
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
    [{ cpuShare: 0.9 }, { cpuShare: 0.94 }, /used 94 % of a core: .*more generators, or userPi: lean/],
    [{ runQueueShare: 0.2 }, { runQueueShare: 0.25 }, /waited for a free core 25 % of the time/],
    [{ runQueueShare: null }, { runQueueShare: 1 }, /waited for a free core 100 % of the time/],
    [{ eventLoopLagMaxMs: 250 }, { eventLoopLagMaxMs: 251 }, /stood still for 251 ms/],
    [{ lateP99Ms: 20 }, { lateP99Ms: 21 }, /one in a hundred transfers started 21 ms late or more/],
    [{ lateP99Ms: null }, { lateP99Ms: 1000 }, /started 1000 ms late or more/],
    [{ listenOverflows: 0 }, { listenOverflows: 1234 }, /^1 234 connections met a full accept queue/],
    [{ timeWaitOverflows: 0 }, { timeWaitOverflows: 1 }, /^1 sockets found no room in TIME_WAIT/],
  ])('%j of the generator is no doubt, %j is', (within, beyond, text) => {
    expect(doubtsAbout(withGenerator(within))).toEqual([]);
    expect(doubtsAbout(withGenerator(beyond))).toEqual([expect.stringMatching(text)]);
  });

  it('arrivals that were dropped', () => {
    const dropping = (dropped: number) => doubtsAbout({ ...BLOCK, offered: 1000, dropped });
    expect(dropping(0)).toEqual([]);
    expect(dropping(1)).toEqual([
      expect.stringMatching(/^less than 1 % of the arrivals found no idle session/),
    ]);
    expect(dropping(250)).toEqual([expect.stringMatching(/^25 % of the arrivals/)]);
    expect(doubtsAbout({ ...BLOCK, offered: 0, dropped: 0 })).toEqual([]);
  });

  it("failures of the generator's own calls, not of the server's", () => {
    const failing = (failures: BlockResult['failures']) => doubtsAbout({ ...BLOCK, failures });
    expect(failing({ 'bind.EADDRINUSE': 5, 'connect.EADDRNOTAVAIL': 3, 'control.ECONNRESET': 2 })).toEqual(
      [],
    );
    expect(failing({ 'listen.EMFILE': 2, 'control.EADDRNOTAVAIL': 3, 'bind.EADDRINUSE': 9 })).toEqual([
      expect.stringMatching(/^5 transfers failed for want of a port or a descriptor at the load generator/),
    ]);
  });
});

describe('doubtsAboutRun', () => {
  it('tells each once a scenario, with its worst block and the strategies that it concerns', () => {
    const slow = (scenario: string, binder: string, eventLoopLagMaxMs: number) => {
      return { ...withGenerator({ eventLoopLagMaxMs }), scenario, binder };
    };
    const blocks = [slow('a', 'reuse-port', 300), slow('a', 'legacy', 900), slow('a', 'legacy', 10)];
    const found = doubtsAboutRun([...blocks, slow('b', 'legacy', 260), slow('c', 'legacy', 1)]);
    expect(found).toEqual([
      expect.stringMatching(/^a \(legacy, reuse-port\): a load generator stood still for 900 ms/),
      expect.stringMatching(/^b \(legacy\): a load generator stood still for 260 ms/),
    ]);
  });
});
