// Retry schedules told from outside: how long a server waits for a data port that the probe holds.
import { expect, it } from '@jest/globals';
import type { RetrySetting } from '../../src/binder/types.ts';
import { fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';

/** So long that the tolerance of the probe, an eighth of a wait, is more than a busy machine is late by. */
const TIME_UNIT_MS = 2000;
/** The kind of schedule; tenths of a second are the machine's own. */
const CASES: [RetrySetting, { tries: string; waits: RegExp }][] = [
  ['proftpd', { tries: '10', waits: /^2(\.\d)? s each time$/ }],
  [
    'bsd',
    {
      tries: 'at least 5',
      waits: /^2(\.\d)?, [34](\.\d)?, [56](\.\d)?, … s: longer by 2(\.\d)? s each time$/,
    },
  ],
  [[1, 2], { tries: '3', waits: /^2(\.\d)?, [34](\.\d)?, … s: longer by 2(\.\d)? s each time$/ }],
  [[1], { tries: '2', waits: /^2(\.\d)? s, once$/ }],
];

it.concurrent.each(CASES)(
  'the schedule %s is told by its waits',
  async (retry, { tries, waits }) => {
    const server = { binder: 'reuse-addr', retry, timeUnitMs: TIME_UNIT_MS } as const;
    const found = await fingerprintOf(server, { patienceMs: 21_600 });
    expect(traitOf(found, 'tries').found).toBe(tries);
    expect(traitOf(found, 'waits').found).toMatch(waits);
    expect(valuesOf(found)).toMatchObject({ 'port-taken': 'waits', 'abort-meanwhile': true });
  },
  600_000,
);

it.concurrent(
  'the random wait of vsftpd is told as two tries',
  async () => {
    const found = await fingerprintOf({ binder: 'reuse-addr', retry: 'vsftpd' }, { patienceMs: 5000 });
    expect(valuesOf(found)).toMatchObject({ 'port-taken': 'waits', tries: 2 });
  },
  600_000,
);
