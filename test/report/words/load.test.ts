// Every kind of load in words, as it stands above a table.
import { describe, expect, it } from '@jest/globals';
import { fillPlan } from '../../../src/plan/parse.ts';
import { loadInWords } from '../../../src/report/words/load.ts';

/** The words for a scenario of these keys of a plan file. */
function wordsFor(keys: Readonly<Record<string, unknown>>): string {
  const [scenario] = fillPlan({ scenarios: [{ name: 'a', ...keys }] }).scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  return loadInWords(scenario);
}

describe('loadInWords', () => {
  it.each([
    [{}, '16 sessions fetching a 4 KiB file (RETR)'],
    [{ sessions: 2, direction: 'list' }, '2 sessions listing a directory (LIST)'],
    [{ direction: 'stor', fileSize: '10B' }, '16 sessions storing a 10 B file (STOR)'],
    [
      { mix: 'retr:8,stor:1,list:1' },
      '16 sessions fetching a 4 KiB file (RETR) 80.0 %, storing a 4 KiB file (STOR) 10.0 % and listing a directory (LIST) 10.0 %',
    ],
    [{ fileSize: '4KiB:9,1MiB:1' }, '16 sessions fetching files of 4KiB:9,1MiB:1 (RETR)'],
    [
      { fileSize: 'lognormal(4KiB, 1.5, 1MiB)' },
      '16 sessions fetching files of lognormal(4KiB, 1.5, 1MiB) (RETR)',
    ],
  ])('what: %j', (keys, words) => expect(wordsFor(keys)).toBe(words));

  const SESSIONS = '16 sessions fetching a 4 KiB file (RETR)';
  const RAMP = [
    { duration: '2s', rampTo: 12 },
    { duration: '5s', sessions: 12 },
  ];
  it.each([
    [{ thinkTime: '20ms' }, 'pausing 20 ms before each'],
    [{ thinkTime: 'exponential(1.5s)' }, 'pausing 1.5 s on average before each (exponential)'],
    [{ thinkTime: 'uniform(10ms, 30ms)' }, 'pausing 10 ms to 30 ms before each'],
    [{ stages: RAMP }, '0 to 12 in 2 s, then 12 for 5 s sessions at once'],
    [{ stages: [{ duration: '1s', sessions: 4 }] }, '4 sessions at once'],
    [{ workload: 'open', rate: 100 }, 'Poisson arrivals 100 a second'],
    [{ workload: 'open', rate: 2.5, arrivals: 'constant' }, 'evenly spaced arrivals 2.5 a second'],
    [
      { workload: 'open', stages: RAMP.map(({ sessions: rate, ...stage }) => ({ ...stage, rate })) },
      'Poisson arrivals 0 to 12 in 2 s, then 12 for 5 s a second',
    ],
    [{ workload: 'bursts', every: '500ms', burst: 9 }, 'bursts of 9 every 500 ms'],
  ])('when: %j', (keys, words) => expect(wordsFor(keys)).toBe(`${SESSIONS}, ${words}`));

  it.each([
    [{ clientAddresses: 1 }, 'from 1 client address'],
    [{ clientAddresses: 3 }, 'from 3 client addresses'],
    [{ clientPort: 'sticky' }, 'each on one client port'],
    [{ clientPort: 'default' }, "each on the control connection's own port (the same 4-tuple every time)"],
    [{ announce: 'EPRT' }, 'announced by EPRT'],
    [{ login: 'each' }, 'logging in for each transfer'],
    [{ network: 'firewall-port-20' }, 'behind a firewall that admits source port 20 alone'],
    [{ network: 'lossy' }, 'over a line that loses 2 % of all packets and takes 10 ms each way'],
    [{ warmUp: '500ms' }, 'the first 500 ms of a block not counted'],
  ])('how: %j', (keys, words) => expect(wordsFor(keys)).toBe(`${SESSIONS}, ${words}`));
});
