// Retry schedules told from outside: how long a server waits for a data port that the probe holds.
import { expect, it } from '@jest/globals';
import type { RetrySetting } from '../../src/binder/types.ts';
import { fingerprintOf, traitOf, valuesOf } from './fingerprinting.ts';

/** Well above the probe's own pauses, and an eighth of it, by which a wait may be late, well above a busy machine's. */
const TIME_UNIT_MS = 2000;
const CASES: [RetrySetting, { tries: string; waits: string }][] = [
  ['proftpd', { tries: '10', waits: '2 s each time' }],
  ['bsd', { tries: 'at least 5', waits: '2, 4, 6, … s: longer by 2 s each time' }],
  [[1, 2], { tries: '3', waits: '2, 4, … s: longer by 2 s each time' }],
  [[1], { tries: '2', waits: '2 s, once' }],
];

it.concurrent.each(CASES)(
  'the schedule %s is told by its waits',
  async (retry, expected) => {
    const server = { binder: 'reuse-addr', retry, timeUnitMs: TIME_UNIT_MS } as const;
    const found = await fingerprintOf(server, { patienceMs: 21_600 });
    expect({ tries: traitOf(found, 'tries').found, waits: traitOf(found, 'waits').found }).toEqual(expected);
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
