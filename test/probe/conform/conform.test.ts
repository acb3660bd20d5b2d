// The cases against our own server, which breaks in none; what is left on it behind them; and what cannot be put to it.
import { readdirSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { conform, listCases } from '../../../src/probe/conform/conform.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { serving } from '../../server/serving.ts';
import { type Liar, type Lie, type Rule, startLiar } from './liar.ts';

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

/** Ours with somebody's file in its root, behind a liar. */
function withLiar(lie: Lie, test: (liar: Liar, root: string) => Promise<void>): Promise<void> {
  return withOurs({}, async ({ address, root }) => {
    await writeFile(join(root, 'precious'), 'x');
    const liar = await startLiar([address]);
    liar.use(lie);
    try {
      await test(liar, root);
    } finally {
      await liar.close();
    }
  });
}

const NO_WAY_IN: Lie = { rules: [{ to: /^CWD .*port20-conform/, say: '550 Not for you.' }] };
const ONE = { only: ['reply-noop'] };

it('a folder that cannot be entered is removed, and nothing else is', () =>
  withLiar(NO_WAY_IN, async (liar, root) => {
    const { notes } = await conform({ server: liar.endpoint, ...ANONYMOUS }, ONE);
    expect(notes).toEqual([]);
    expect(await readdir(root)).toEqual(['precious']);
  }));

it('one that cannot be entered any more is left with what is in it, and told of', () =>
  withLiar({}, async (liar, root) => {
    const onProgress = (id: string | null) => liar.use(id === null ? NO_WAY_IN : {});
    const { notes } = await conform({ server: liar.endpoint, ...ANONYMOUS }, { ...ONE, onProgress });
    expect(notes).toEqual([expect.stringMatching(/^\/port20-conform-\w+ is left on the server: 550/)]);
    expect(await readdir(root)).toEqual([expect.stringMatching(/^port20-conform-/), 'precious']);
  }));

it('one with more in it than a run makes is left, and told of', () =>
  withOurs({}, async ({ address, root }) => {
    const onProgress = () => {
      const [folder = ''] = readdirSync(root);
      for (let i = 0; i < 500; i++) writeFileSync(join(root, folder, `theirs-${i}`), '');
    };
    const { notes } = await conform({ server: address, ...ANONYMOUS }, { ...ONE, onProgress });
    expect(notes).toEqual([expect.stringMatching(/50\d names are in it, more than a run makes$/)]);
  }));

it('a run that is ended while it makes its folder leaves none', () => {
  const abort = new AbortController();
  const act = () => abort.abort(new Error('enough'));
  return withLiar({ rules: [{ to: /^STOR big/, act }] }, async (liar, root) => {
    const run = conform({ server: liar.endpoint, ...ANONYMOUS }, { ...ONE, signal: abort.signal });
    await expect(run).rejects.toThrow('enough');
    expect(await readdir(root)).toEqual(['precious']);
  });
});

it('a TLS handshake that nobody answers breaks, and ends', () => {
  const act: Rule['act'] = (_, client) => client.removeAllListeners('data').pause().write('234 Go on.\r\n');
  return withLiar({ rules: [{ to: /^AUTH/, act }] }, async (liar) => {
    const options = { only: ['tls-auth'], patience: { stepMs: 500 } };
    const { cases } = await conform({ server: liar.endpoint, ...ANONYMOUS }, options);
    expect(cases).toMatchObject([{ verdict: 'breaks', seen: expect.stringMatching(/no TLS: .*timed out$/) }]);
  });
});

it('a server that says 150 without end is not heard out', () => {
  const act: Rule['act'] = (_, client) => {
    const talking = setInterval(() => client.write('150 Soon.\r\n'), 20);
    client.on('close', () => clearInterval(talking));
  };
  return withLiar({ rules: [{ to: /^LIST/, act }] }, async (liar) => {
    const options = { only: ['data-port-refused-final', 'data-port-dials-late'] };
    const { cases } = await conform({ server: liar.endpoint, ...ANONYMOUS }, options);
    expect(cases.map(({ verdict }) => verdict)).toEqual(['breaks', 'breaks']);
  });
});

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
