// The search for the highest load that holds: doubled, halved, and closed in on, with the row alone in each plan.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../src/errors.ts';
import { checkPlan } from '../../src/plan/check.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { RunResult } from '../../src/result/types.ts';
import { findLimit, nextLevel, planAt, searchesOf } from '../../src/run/find-limit.ts';
import { sampleBlock, sampleResult } from '../report/sample-result.ts';

const OPEN = parsePlan(`
binders: [legacy, reuse-port, legacy]
scenarios: [{ name: open, workload: open, rate: 100, sessions: 50 }]
`);
const CLOSED = parsePlan('binders: [reuse-port]\nscenarios: [{ name: closed, sessions: 16 }]');

function levelIn({ scenarios: [scenario] }: Plan): number {
  return scenario?.workload.kind === 'bursts' ? 0 : (scenario?.workload.stages[0]?.to ?? 0);
}

/** A server that bears so much, and fails a tenth above. */
function bearing(most: number, more: Partial<RunResult['blocks'][number]> = {}) {
  const asked: number[] = [];
  return {
    asked,
    run: async (plan: Plan): Promise<RunResult> => {
      asked.push(levelIn(plan));
      const breaks = levelIn(plan) > most;
      const block = sampleBlock({
        failed: 0,
        completed: 1000,
        dropped: 0,
        ...(breaks && { failed: 100, ...more }),
      });
      return sampleResult({ requested: plan, blocks: [block] });
    },
  };
}

const [search] = searchesOf(OPEN);
if (search === undefined) throw new Error('no search');

describe('findLimit', () => {
  it('closes in on what a server bears, from below and from above', async () => {
    for (const most of [30, 100, 170, 5000]) {
      const { held, broke } = await findLimit(OPEN, search, bearing(most).run);
      expect(held?.level).toBeLessThanOrEqual(most);
      expect(broke?.level).toBeGreaterThan(most);
      expect((broke?.level ?? 0) / (held?.level ?? 1)).toBeLessThanOrEqual(1.1);
      expect(broke?.limit).toBe('failures');
    }
  });

  it('tells a saturated generator from a server that fails, and names it', async () => {
    const problems = [
      { id: 'generator-saturated', generator: 'agent a2', sign: 'busy', value: 0.95 },
    ] as const;
    const { broke } = await findLimit(OPEN, search, bearing(250, { problems, valid: false }).run);
    expect(broke).toMatchObject({ limit: 'saturation', detail: 'agent a2' });
  });

  it('tells dropped arrivals', async () => {
    const { broke } = await findLimit(OPEN, search, bearing(250, { failed: 0, dropped: 3 }).run);
    expect(broke?.limit).toBe('dropped');
  });

  it('takes a level that was not run whole for no limit, and ends there', async () => {
    const lost = { shard: 1, of: 2, agent: 'a2', reason: 'it was gone', again: false };
    const { run, asked } = bearing(1e6);
    const found = await findLimit(OPEN, search, async (plan) => {
      const result = await run(plan);
      if (levelIn(plan) < 400) return result;
      const shard = { ...lost, scenario: 'open', contestant: 'legacy', index: 0 };
      return { ...result, blocks: [], partial: true, lost: [shard] };
    });
    expect(found).toMatchObject({ held: { level: 200 }, broke: null });
    expect(found.endedAt).toMatchObject({ level: 400, limit: 'not-whole', detail: 'agent a2: it was gone' });
    expect(asked).toEqual([100, 200, 400]);
  });

  it('does not call it held where it was ended early', async () => {
    const { run } = bearing(1e6);
    const found = await findLimit(OPEN, search, async (plan) => ({ ...(await run(plan)), partial: true }));
    expect(found).toMatchObject({
      held: null,
      endedAt: { limit: 'not-whole', detail: 'it was ended early' },
    });
  });

  it('goes no higher than this machine can, and says so', async () => {
    const { run, asked } = bearing(1e6);
    const whyNot = (plan: Plan) => (levelIn(plan) > 300 ? 'too few descriptors' : undefined);
    const { held, broke } = await findLimit(OPEN, search, run, { whyNot });
    expect(broke).toMatchObject({ limit: 'cannot-run', detail: 'too few descriptors' });
    expect(held?.level).toBeLessThanOrEqual(300);
    expect(Math.max(...asked)).toBeLessThanOrEqual(300);
  });

  it('ends where nothing holds, and where everything does', async () => {
    const nothing = await findLimit(OPEN, search, bearing(0).run);
    expect(nothing).toMatchObject({ held: null, broke: { level: 1 } });
    const [closed] = searchesOf(CLOSED);
    if (closed === undefined) throw new Error('no search');
    const all = await findLimit(CLOSED, closed, bearing(1e9).run);
    expect(all).toMatchObject({ held: { level: 10_000 }, broke: null, unit: 'sessions' });
  });

  it('never tries a level twice, and ends', () => {
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2_000_000 }), fc.boolean(), async (most, isClosed) => {
        const plan = isClosed ? CLOSED : OPEN;
        const [one] = searchesOf(plan);
        if (one === undefined) throw new Error('no search');
        const { asked, run } = bearing(most);
        await findLimit(plan, one, run);
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThan(25);
      }),
      { numRuns: 30 },
    );
  });
});

describe('planAt', () => {
  it.each([1, 37, 100, 4000])('is a plan of the row alone, at %i', (level) => {
    const plan = planAt(OPEN, search.scenario, search.contestant, level);
    checkPlan(plan);
    expect(levelIn(plan)).toBe(level);
    expect(plan.binders).toHaveLength(1);
    expect(plan.scenarios[0]?.sessions).toBe(Math.max(2, Math.ceil(level / 2)));
  });
});

describe('planAt', () => {
  it('is of a load that lasts its time, whatever the level', () => {
    const plan = parsePlan(
      'binders: [reuse-port]\nscenarios: [{ name: a, workload: open, rate: 9, transfers: 50 }]',
    );
    const [one] = searchesOf(plan);
    if (one === undefined) throw new Error('no search');
    expect(planAt(plan, one.scenario, one.contestant, 400).scenarios[0]?.transfers).toBe(0);
  });

  it('has each target of one host, under the name that it has alone', () => {
    const plan = parsePlan(
      "targets: ['ftp://127.0.0.1:2121/a', 'ftp://127.0.0.1:2121/b']\nscenarios: [{ name: a, workload: open, rate: 9 }]",
    );
    const plans = searchesOf(plan).map(({ scenario, contestant }) => planAt(plan, scenario, contestant, 9));
    expect(plans.map(({ targets }) => targets)).toEqual(plan.targets.map((url) => [url]));
    for (const one of plans) checkPlan(one);
  });
});

describe('searchesOf', () => {
  it('has each row once', () => {
    expect(searchesOf(OPEN).map(({ contestant }) => contestant.name)).toEqual(['legacy', 'reuse-port']);
  });

  it.each(['workload: bursts, every: 1s', 'stages: [{ duration: 1s, rampTo: 4 }]'])('refuses %s', (keys) => {
    expect(() => searchesOf(parsePlan(`scenarios: [{ name: a, ${keys} }]`))).toThrow(UsageError);
  });
});

it('goes to the middle by ratio', () => {
  expect(nextLevel({ level: 100 }, { level: 400 }, { least: 1, most: 1e6, isWhole: false })).toBe(200);
});
