// From measured waits to the name of a schedule, and to how many waits fit into a time.
import { expect, it } from '@jest/globals';
import type { ScheduleFacts } from '../../src/probe/server/facts.ts';
import { patternOf, patternWords, waitsWithin } from '../../src/probe/server/traits/pattern.ts';

function measured(waitsMs: number[], firstWaitsMs = waitsMs.slice(0, 1)): ScheduleFacts {
  const ended = { gaveUp: undefined, lastWaitIsIdle: false, patienceMs: 20_000 };
  return { waitsMs, firstWaitsMs, ...ended, answersNoop: false, answersAbort: false };
}

it.each<[string, ScheduleFacts, string]>([
  ['4.4BSD', measured([1003, 2005, 3004]), '1, 2, 3, … s: longer by 1 s each time'],
  ['ProFTPD', measured([1401, 1403, 1402]), '1.4 s each time'],
  ['vsftpd', measured([1087], [1087, 1831]), 'random, 1.1 to 1.8 s seen'],
  ['one retry', measured([1002], [1002, 1001]), '1 s, once'],
  ['doubling', measured([1000, 2000, 4000]), '1, 2, 4, … s'],
])('names the waits of %s', (_name, facts, words) => {
  expect(patternWords(patternOf(facts), facts)).toBe(words);
});

it('counts waits where the pattern tells', () => {
  const growing = patternOf(measured([1000, 2000, 3000]));
  const constant = patternOf(measured([1000, 1000, 1000]));
  expect([1, 3, 6, 55].map((s) => waitsWithin(growing, s * 1000))).toEqual([1, 2, 3, 10]);
  expect(waitsWithin(constant, 9000)).toBe(9);
  expect(waitsWithin(patternOf(measured([1000])), 9000)).toBeUndefined();
});
