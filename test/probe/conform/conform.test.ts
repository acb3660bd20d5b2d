// The cases against our own server, which breaks in none; what is left on it behind them; and what cannot be put to it.
import { readdir } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { conform, listCases } from '../../../src/probe/conform/conform.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { serving } from '../../server/serving.ts';

const ANONYMOUS = { user: 'anonymous', password: 'x@' };
/** Those that wait for something on purpose are among the long tests and those against daemons. */
const QUICK = [
  'address',
  'reply',
  'restart',
  'listing',
  'data-port-twice',
  'data-port-shared',
  'data-port-whole',
];

function withOurs(options: ServerOptions, test: Parameters<typeof serving>[1]): Promise<void> {
  return serving({ write: true, ...options }, test);
}

it('ours breaks in none, and nothing is left on it', () =>
  withOurs({}, async ({ address, root }) => {
    const { cases, notes } = await conform({ server: address, ...ANONYMOUS }, { only: QUICK });
    expect(cases.filter(({ verdict }) => verdict === 'breaks')).toEqual([]);
    expect(cases.filter(({ verdict }) => verdict === 'not-run')).toEqual([]);
    expect(notes).toEqual([]);
    expect(await readdir(root)).toEqual([]);
  }));

it('of a server that takes no uploads those that need them are not run, and say so', () =>
  withOurs({ write: false }, async ({ address }) => {
    const { cases } = await conform(
      { server: address, ...ANONYMOUS },
      { only: ['restart-appe', 'reply-noop'] },
    );
    expect(cases.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'reply-noop conforms',
      'restart-appe not-run',
      'restart-appe-new not-run',
    ]);
    expect(cases.at(-1)?.seen).toMatch(/^nothing can be uploaded: MKD was answered with 550/);
  }));

it('the hostile ones are run when asked for alone', () =>
  withOurs({}, async ({ address }) => {
    const { cases } = await conform({ server: address, ...ANONYMOUS }, { only: ['abuse-sparse'] });
    expect(cases).toMatchObject([{ verdict: 'not-run', seen: 'hostile: --abuse runs it' }]);
  }));

it('every case has an id of its own, a clause, and something that must come', () => {
  const cases = listCases();
  expect(cases.length).toBeGreaterThan(60);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  for (const { clause, expects } of cases) {
    expect(clause).not.toBe('');
    expect(expects).not.toEqual([]);
  }
});

it('a case that there is not is named, with the near one', () => {
  expect(() => listCases(['framing-splt'])).toThrow(
    "no case is called 'framing-splt' (did you mean 'framing-split'?): --list has them all",
  );
});
