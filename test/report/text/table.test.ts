// The terminal table as it is printed (golden; update with jest -u), its width, its colours and its circumstances.
import { describe, expect, it } from '@jest/globals';
import {
  loadOfScenario,
  realScaleBounds,
  retriesInWords,
  settingsOf,
} from '../../../src/report/text/scenario.ts';
import { formatTables } from '../../../src/report/text/table.ts';
import { formatTerminal } from '../../../src/report/text/terminal.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const PLAIN = { colour: false };

describe('formatTables', () => {
  it('prints two loads of six binders', () => {
    expect(formatTables(sampleResult(), PLAIN)).toMatchSnapshot();
  });

  it('says the same in colour', () => {
    const coloured = formatTables(sampleResult(), { colour: true });
    expect(coloured).not.toBe(formatTables(sampleResult(), PLAIN));
    expect(coloured.replace(SGR, '').replace(/ +$/gm, '')).toBe(formatTables(sampleResult(), PLAIN));
  });

  it('shows every kind of failure on a line of its own, and cancelled transfers only where there are some', () => {
    const failures = { 'bind.EADDRINUSE': 40, 'timeout.reply': 1, 'reply.550': 9 };
    const blocks = [0, 1].map((index) => sampleBlock({ index, failed: 50, failures }));
    const result = sampleResult({ blocks, requested: onlyPort() });
    const strategies = result.strategies.map((strategy) => ({ ...strategy, cancelled: 3 }));
    const table = formatTables({ ...result, strategies }, PLAIN);
    expect(table).toContain('cancelled');
    expect(table).toMatch(/80 bind EADDRINUSE.*\n +18 reply 550\n +2 timeout reply\n/);
    expect(formatTables(sampleResult(), PLAIN)).not.toContain('cancelled');
  });

  it('shows a dash for what is unknown, and a scenario that was not reached', () => {
    const one = sampleResult({ blocks: [sampleBlock({ failed: 1 })], requested: onlyPort() });
    expect(formatTables(one, PLAIN)).toMatch(/reuse-port +101 +100 +1 +1\.0 % +– /);
    expect(formatTables(sampleResult({ blocks: [] }), PLAIN)).toContain('no block of it was run');
  });
});

describe('formatTerminal', () => {
  it('prints where it was made, the tables and the findings', () => {
    expect(formatTerminal(sampleResult(), { ...PLAIN, columns: 100 })).toMatchSnapshot();
  });
});

describe('circumstances', () => {
  it('say nothing of time where a second is a second', () => {
    const plan = samplePlan({ timeUnitMs: 1000 });
    expect(loadOfScenario(plan, sampleScenario({ bindToConnectMs: 0, transfers: 100 }))).toBe(
      '64 sessions fetching a 4 KiB file (RETR); 8 blocks × 5 s or 100 transfers of each',
    );
    expect(settingsOf(plan)).toEqual(['2 server processes, 1 load generator']);
  });

  it('give the window in schedule seconds, and what does not scale', () => {
    const real = loadOfScenario(samplePlan({ timeUnitMs: 1000 }), sampleScenario({ bindToConnectMs: 20 }));
    expect(real).toContain('; window between bind and connect 20 ms = 0.02 schedule seconds; ');
    expect(settingsOf(samplePlan({ timeUnitMs: 20 })).slice(1)).toEqual([
      'time unit 20 ms (1 schedule second); TIME_WAIT (60 s on Linux) does not scale: it lasts 3 000 schedule seconds here',
    ]);
  });

  it('tell the schedules that were followed', () => {
    const { strategies } = sampleResult();
    const own = strategies.filter(({ scenario }) => scenario === 'downloads-8');
    expect(retriesInWords(own)).toEqual([
      'retry: bsd (11 binds, waits of 1 to 10 schedule seconds) for legacy and legacy-bsd, none for the others',
    ]);
    expect(retriesInWords(own.map((strategy) => ({ ...strategy, retry: '1,2.5' })))).toEqual([
      'retry: after 1, 2.5 schedule seconds',
    ]);
    const preset = (retry: string) => retriesInWords(own.map((strategy) => ({ ...strategy, retry })))[0];
    expect(preset('proftpd')).toBe('retry: proftpd (10 binds, 1 schedule second apart)');
    expect(preset('vsftpd')).toBe('retry: vsftpd (2 binds, 1 to 2 schedule seconds apart)');
    expect(retriesInWords([])).toEqual([]);
  });

  it('print a bound only where there is one', () => {
    const [first] = sampleResult().strategies;
    if (first === undefined) throw new Error('the sample has no strategy');
    expect(realScaleBounds([{ ...first, realScaleBound: 0 }])).toEqual([]);
    expect(realScaleBounds([{ ...first, realScaleBound: 0.872 }])[0]).toMatch(
      /fail at least 1 - 1\/a, where a = .* \/ time: legacy 87\.2 % \(a = 7\.8\)$/,
    );
  });
});

function onlyPort(): ReturnType<typeof samplePlan> {
  return samplePlan({ binders: ['reuse-port'], baseline: 'reuse-port', scenarios: [sampleScenario()] });
}
