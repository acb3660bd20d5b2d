// A load is the same however many share it: byte for byte the same arrivals, pauses and files, from plan, seed and index alone.
import { describe, expect, it } from '@jest/globals';
import { scheduleLines } from '../../src/engine/shard/schedule.ts';
import { parsePlan } from '../../src/plan/parse.ts';

const PLAN = `
seed: 7
binders: [reuse-port, legacy-bsd]
blocks: 3
scenarios:
  - { name: open, workload: open, rate: 200, sessions: 16, duration: 2s, mix: 'retr:3,stor:1', fileSize: '1KiB:1,4KiB:2' }
  - { name: ramp, workload: open, sessions: 16, stages: [{ duration: 1s, rampTo: 100 }, { duration: 1s, rate: 100 }] }
  - { name: bursts, workload: bursts, every: 300ms, burst: 7, sessions: 9, duration: 2s }
  - { name: closed, sessions: 11, thinkTime: exponential(20ms), duration: 2s, mix: 'retr:1,list:1' }
`;

function together(of: number, plan = parsePlan(PLAN)): string {
  const lines = Array.from({ length: of }, (_, index) =>
    scheduleLines(plan, { index, of }).split('\n').slice(0, -1),
  );
  return lines.flat().sort().join('\n');
}

describe('the schedule of a plan', () => {
  const alone = together(1);

  it.each([2, 4, 7])('is the same for %i shards as for one', (of) => {
    expect(Buffer.from(together(of)).equals(Buffer.from(alone))).toBe(true);
  });

  it('has something of each workload, and no line twice', () => {
    const lines = alone.split('\n');
    for (const name of ['open', 'ramp', 'bursts', 'closed']) {
      expect(lines.filter((line) => line.split(' ')[1] === name).length).toBeGreaterThan(100);
    }
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('is another for another seed', () => {
    expect(together(4, { ...parsePlan(PLAN), seed: 8 })).not.toBe(alone);
  });

  it('deals the arrivals out evenly', () => {
    const sizes = [0, 1, 2, 3].map((index) => scheduleLines(parsePlan(PLAN), { index, of: 4 }).length);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.5);
  });
});
