// The text of a prediction: before a run with what is assumed, after one with what was measured.
import { describe, expect, it } from '@jest/globals';
import { fillPlan } from '../../../src/plan/parse.ts';
import type { Outlook, PredictionReport } from '../../../src/predict/outlook.ts';
import { formatPrediction } from '../../../src/report/text/predict.ts';

const PLAN = fillPlan({
  name: 'sample',
  timeUnit: '4ms',
  binders: ['legacy-bsd', 'reuse-port'],
  peers: ['vsftpd'],
  scenarios: [{ name: 'window', sessions: 64, duration: '800ms', bindToConnect: '4ms' }],
});

const ROWS: readonly Outlook[] = [
  {
    scenario: 'window',
    contestant: 'legacy-bsd',
    binder: 'legacy-bsd',
    forecast: {
      failureRate: 0.509,
      interval: [0.42, 0.598],
      tolerance: [0.34, 0.676],
      replications: 200,
      contention: { transfers: 390, dropped: 0, holdMs: 4.6, overMs: 980, offeredLoad: 1.83 },
    },
    formulas: [
      { name: 'spread-tries', failureRate: 0.485 },
      { name: 'bound', failureRate: 0.4536 },
    ],
    ifHold: { by: 0.1, shorter: 0.47, longer: 0.552 },
    measured: null,
  },
  {
    scenario: 'window',
    contestant: 'reuse-port',
    binder: 'reuse-port',
    forecast: { failureRate: 0, interval: [0, 0], tolerance: [0, 0], replications: 0, contention: null },
    formulas: [],
    ifHold: null,
    measured: null,
  },
  {
    scenario: 'window',
    contestant: 'vsftpd',
    binder: null,
    forecast: null,
    formulas: [],
    ifHold: null,
    measured: null,
  },
];

function text(report: Partial<PredictionReport>): string {
  const assumed = { holdMs: undefined, serviceMs: 1 };
  return formatPrediction({ requested: PLAN, assumed, rows: ROWS, ...report }, { colour: false });
}

describe('before a run', () => {
  it('says what is assumed, and shows formulas beside the simulation', () => {
    expect(text({})).toMatchInlineSnapshot(`
"prediction · plan sample, seed 1 · nothing was run: it is assumed that bind to connect takes
  bindToConnect and 0.3 ms, the rest of a transfer 1 ms on average, and that a wait ends up to 1 ms
  late; --from RESULT takes measured times

window: 64 sessions fetching a 4 KiB file (RETR); window between bind and connect 4 ms = 1 schedule
  second; 8 blocks × 800 ms of each
─────────────────────────────────────────────────────────────────────────────────────
                                                    simulated       95 %  if the hold
strategy         hold  load a  formulas              failures   interval     is ±10 %
─────────────────────────────────────────────────────────────────────────────────────
legacy-bsd     4.6 ms     1.8  spread tries 48.5 %     50.9 %  42.0–59.8    47.0–55.2
                               bound 45.4 %
reuse-port       none       –  –                          0 %        0–0            –
vsftpd      not known       –  –                            –          –            –
─────────────────────────────────────────────────────────────────────────────────────

2 server processes, 1 load generator
time unit 4 ms (1 schedule second); TIME_WAIT (60 s on Linux) does not scale: it lasts 15 000
  schedule seconds here
hold: mean time for which one transfer keeps others from binding; none: every bind succeeds
a: transfers × hold / time, retries not counted; at a = 1 the port would be held without a break
spread tries: B^K with B = a(1 - B^K), for K binds far apart; too low where holds outlast the waits
  or constant waits keep losers in phase, too high where a is near 1 or above
bound: 1 - 1/a, the least that must fail under any schedule
simulated: the failure rate of simulated blocks; 95 % of simulated runs of as many blocks lie in its
  interval
if the hold is ±10 %: simulated failures where each holds the port a tenth shorter, and a tenth
  longer, than is assumed
legacy-bsd: the 4.4BSD rule, reproduced on this kernel; not a BSD kernel"
`);
  });

  it('says which hold was given', () => {
    expect(text({ assumed: { holdMs: 50, serviceMs: 2 } })).toMatch(
      /bind to connect takes 50 ms,\s+the rest of a transfer 2 ms/,
    );
  });
});

describe('after a run', () => {
  const [bsd, ...others] = ROWS;
  const measured = { failureRate: 0.52, interval: [0.499, 0.541], completed: 1488, failed: 1611 } as const;

  it('shows what was measured, with the verdict in words', () => {
    const rows = [
      { ...(bsd as Outlook), ifHold: null, measured: { ...measured, verdict: 'explained' as const } },
      ...others,
    ];
    const shown = text({ assumed: null, rows });
    expect(shown).toMatch(/^prediction · plan sample, seed 1 · with the times that the run measured$/m);
    expect(shown).toMatch(
      /^legacy-bsd +4\.6 ms .* 50\.9 % +42\.0–59\.8 +52\.0 % +49\.9–54\.1 +explained by$/m,
    );
  });

  it('and that something else fails, in colour', () => {
    const rows = [
      { ...(bsd as Outlook), ifHold: null, measured: { ...measured, verdict: 'more-failures' as const } },
    ];
    const shown = formatPrediction({ requested: PLAN, assumed: null, rows }, { colour: true });
    expect(shown).toContain('\u001B[33msomething else\u001B[39m');
    expect(shown).toContain('\u001B[33mfails\u001B[39m');
  });
});
