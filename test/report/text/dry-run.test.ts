// What a plan would run and what it can tell, as it is printed before anything is loaded.
import { describe, expect, it } from '@jest/globals';
import { fillPlan } from '../../../src/plan/parse.ts';
import { formatDryRun } from '../../../src/report/text/dry-run.ts';

const PLAIN = { colour: false };
const WINDOW = { name: 'window', sessions: 8, bindToConnect: '4ms', duration: '800ms' };

describe('formatDryRun', () => {
  it('says what will be run, for how long, what it can tell, and in which order', () => {
    const plan = fillPlan({
      ...{ name: 'example', seed: 7, blocks: 9, rest: '1s', maxTime: '5m' },
      binders: ['legacy-bsd', 'reuse-port'],
      scenarios: [WINDOW, { name: 'arrivals', workload: 'open', rate: 50, duration: '2s' }],
    });
    expect(formatDryRun(plan, PLAIN)).toMatchInlineSnapshot(`
"plan example: 36 blocks, 1 min 26 s of load and rest, and a little between blocks
no block begins that would end after 5 min
strategies: legacy-bsd, reuse-port; baseline legacy-bsd
window: 8 sessions fetching a 4 KiB file (RETR); window between bind and connect 4 ms = 0.004
  schedule seconds; 9 blocks × 800 ms of each
arrivals: 16 sessions fetching a 4 KiB file (RETR), Poisson arrivals 50 a second; 9 blocks × 2 s of
  each
2 server processes, 1 load generator

what it can tell
- 1 comparison with legacy-bsd a scenario needs 6 blocks of each strategy; the plan has 9
- a failure rate below 1.0 % is shown by 1 102 transfers of which none fails
- a failure rate below 0.1 % is shown by 11 062 transfers of which none fails
- 50 % and 55 % are told apart (power 80 %) by 4 695 transfers of each strategy, 0 % and 1 % by
  2 340
- with 100 transfers a block the plan finds (power 80 %, percentage points): – or +4.7 from 1.0 %;
  -6.6 or +9.3 from 10.0 %; -13.0 or +13.0 from 50.0 %
- with 1 000 transfers a block the plan finds (power 80 %, percentage points): -0.68 or +1.0 from
  1.0 %; -2.4 or +2.6 from 10.0 %; -4.2 or +4.2 from 50.0 %
- these numbers count each transfer as a third of one, for failures come in clusters: a design
  effect of 3 is assumed until blocks show their own

blocks in this order
1 window: reuse-port legacy-bsd
1 arrivals: reuse-port legacy-bsd
2 arrivals: legacy-bsd reuse-port
2 window: legacy-bsd reuse-port
3 window: reuse-port legacy-bsd
3 arrivals: reuse-port legacy-bsd
4 arrivals: legacy-bsd reuse-port
4 window: legacy-bsd reuse-port
5 window: reuse-port legacy-bsd
5 arrivals: reuse-port legacy-bsd
6 arrivals: legacy-bsd reuse-port
6 window: legacy-bsd reuse-port
7 window: reuse-port legacy-bsd
7 arrivals: reuse-port legacy-bsd
8 arrivals: legacy-bsd reuse-port
8 window: legacy-bsd reuse-port
9 window: reuse-port legacy-bsd
9 arrivals: reuse-port legacy-bsd"
`);
  });

  it('says at which blocks a run until it is conclusive looks', () => {
    const plan = fillPlan({
      ...{ blocks: 20, until: 'conclusive', binders: ['legacy', 'reuse-port'], scenarios: [WINDOW] },
    });
    expect(formatDryRun(plan, PLAIN)).toMatch(
      /until conclusive: it looks after 7, \d+, .*20 blocks of each and ends when/,
    );
  });

  it('says that too few blocks support no claim, and then promises none', () => {
    const plan = fillPlan({ blocks: 5, scenarios: [WINDOW] });
    const text = formatDryRun(plan, PLAIN);
    expect(text.replaceAll('\n  ', ' ')).toContain(
      '5 comparisons with legacy-bsd a scenario need 8 blocks of each strategy; the plan has 5',
    );
    expect(text).toContain('too few,\n  no difference can be claimed');
    expect(text).not.toContain('the plan finds');
  });

  it('one strategy has nothing to be compared with', () => {
    const text = formatDryRun(fillPlan({ binders: ['reuse-port'], blocks: 2, scenarios: [WINDOW] }), PLAIN);
    expect(text).toContain('one strategy: its failure rate with an interval, nothing to compare');
    expect(text).toMatch(/\n1 window: reuse-port\n2 window: reuse-port$/);
  });

  it('names peers, targets and what runs twice', () => {
    const servers = {
      binders: ['legacy', 'legacy'],
      peers: ['vsftpd'],
      targets: ['ftp://u@127.0.0.1:2121/f'],
    };
    const text = formatDryRun(fillPlan({ ...servers, scenarios: [WINDOW] }), PLAIN);
    expect(text).toContain('strategies: legacy, legacy#2, vsftpd, 127.0.0.1:2121; baseline legacy\n');
  });
});
