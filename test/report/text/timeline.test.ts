// What became of a long block, span by span: as it is printed, and for which blocks it is.
import { describe, expect, it } from '@jest/globals';
import type { Scenario } from '../../../src/plan/types.ts';
import { formatTables } from '../../../src/report/text/table.ts';
import { timelineTable } from '../../../src/report/text/timeline.ts';
import type { BlockResult, RunResult, Timeline } from '../../../src/result/types.ts';
import { timelineOf } from '../../../src/run/timeline.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

const MINUTE_MS = 60_000;

/** As many slices as a block of that length has; ever fewer transfers, ever more in TIME_WAIT, ever slower binds. */
function slowing(durationMs: number, more: Partial<Timeline> = {}): Timeline {
  const empty = { startedAtMs: 0, durationMs, endedAtMs: durationMs, attempts: [], records: [], samples: [] };
  const { everyMs, ...quiet } = timelineOf(empty);
  const each = (value: (slice: number) => number) => quiet.completed.map((_, slice) => value(slice));
  return {
    ...{ ...quiet, everyMs },
    completed: each((slice) => everyMs - 10 * slice),
    timeWaitSockets: each((slice) => 500 * slice),
    bindMs: each((slice) => 0.02 + slice / 100),
    ...more,
  };
}

function scenarioOfMinutes(minutes: number): Scenario {
  return sampleScenario({ durationMs: minutes * MINUTE_MS });
}

function resultOf(minutes: number, blocks: readonly Partial<BlockResult>[]): RunResult {
  const binders = ['reuse-port', 'reuse-addr'] as const;
  const scenarios = [scenarioOfMinutes(minutes)];
  return sampleResult({
    requested: samplePlan({ binders, baseline: 'reuse-port', scenarios, blocks: 1 }),
    blocks: blocks.map((block) => sampleBlock({ timeline: slowing(minutes * MINUTE_MS), ...block })),
  });
}

describe('timelineTable', () => {
  it('shows what a block of 150 seconds became', () => {
    const quiet = slowing(150_000);
    const blind = {
      ...quiet,
      timeWaitSockets: quiet.completed.map(() => null),
      bindMs: quiet.completed.map(() => null),
    };
    const result = resultOf(2.5, [
      { contestant: 'reuse-addr' },
      { contestant: 'reuse-port', timeline: blind },
    ]);
    const table = formatTables(result, { colour: false });
    expect(table.split('\n\n').find((part) => part.includes('in each'))).toMatchInlineSnapshot(`
"───────────────────────────────────────────────────────────────────────────────────────────────
strategy    in each 30 s                          0–30 s  30–60 s  60–90 s  90–120 s  120–150 s
───────────────────────────────────────────────────────────────────────────────────────────────
reuse-port  transfers/s                              965      890      815       740        665
reuse-addr  transfers/s                              965      890      815       740        665
            most in TIME_WAIT on the data port     7 000   14 500   22 000    29 500     37 000
            time of a bind                      0.089 ms  0.24 ms  0.39 ms   0.54 ms    0.69 ms
───────────────────────────────────────────────────────────────────────────────────────────────"
`);
  });

  it.each([
    [0.5, undefined],
    [1, ['0–30 s', '30–60 s']],
    [3, ['0–30 s', '30–60 s', '60–90 s', '90–120 s', '120–150 s', '150–180 s']],
    [4, ['0–1 min', '1–2 min', '2–3 min', '3–4 min']],
    [30, ['0–5 min', '5–10 min', '10–15 min', '15–20 min', '20–25 min', '25–30 min']],
    [150, ['0–30 min', '30–60 min', '60–90 min', '90–120 min', '120–150 min']],
  ])('a block of %d minutes has the spans %j', (minutes, names) => {
    const table = timelineTable(resultOf(minutes, [{}]), scenarioOfMinutes(minutes));
    expect(table?.head.slice(2)).toEqual(names);
  });

  it.each([1, 3, 5, 12, 30, 60, 90, 180])(
    'of %d minutes, no transfer is lost or counted twice',
    (minutes) => {
      const durationMs = minutes * MINUTE_MS;
      const { everyMs, completed } = slowing(durationMs);
      const even = slowing(durationMs, { completed: completed.map(() => everyMs) }); // one a millisecond
      const table = timelineTable(resultOf(minutes, [{ timeline: even }]), scenarioOfMinutes(minutes));
      expect(new Set(table?.rows[0]?.slice(2))).toEqual(new Set(['1 000']));
    },
  );

  it('of several blocks, takes the mean of each span; invalid ones are left out', () => {
    const withRate = (perSecond: number, more: Partial<BlockResult> = {}): Partial<BlockResult> => {
      const { everyMs, completed } = slowing(MINUTE_MS);
      const even = completed.map(() => (perSecond * everyMs) / 1000);
      return { timeline: slowing(MINUTE_MS, { completed: even }), ...more };
    };
    const blocks = [withRate(100), withRate(300, { index: 1 }), withRate(900, { index: 2, valid: false })];
    const table = timelineTable(resultOf(1, blocks), scenarioOfMinutes(1));
    expect(table?.rows[0]).toEqual(['reuse-port', 'transfers/s', '200', '200']);
  });

  it('says nothing of a run that kept no timelines (format version 1)', () => {
    expect(timelineTable(resultOf(2, [{ timeline: null }]), scenarioOfMinutes(2))).toBeNull();
  });
});
