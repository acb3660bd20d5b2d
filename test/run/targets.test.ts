// A target before the run: its file is fetched once as every transfer will be, and what fails is told in one line.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { type RunOptions, runStress } from '../../src/doors/stress.ts';
import { PreflightError, UsageError } from '../../src/errors.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import { prepareTarget, type Target } from '../../src/run/targets.ts';
import { closeAll, responder } from '../client/harness.ts';
import { sending } from '../client/user-pis.ts';
import { fileOf, servingFiles } from '../load/loading.ts';
import { closedPort, ownAddress } from '../support/loopback.ts';

afterEach(closeAll);

function prepared(
  server: Endpoint,
  path: string | undefined,
  scenario: Readonly<Record<string, unknown>> = {},
) {
  const plan = fillPlan({ timeout: '1s', scenarios: [{ name: 'a', ...scenario }] });
  const login = { user: 'anonymous', password: 'hunter2' };
  return prepareTarget('there', { server, login, path, clientAddress: ownAddress() }, plan);
}

describe('prepareTarget', () => {
  it('learns what every transfer is to bring', async () => {
    await servingFiles(
      {},
      async ({ address, records }) => {
        const { file } = await prepared(address, 'file-3000');
        expect(file).toEqual(fileOf(3000));
        expect(records).toMatchObject([{ command: 'RETR' }]);
      },
      [3000],
    );
  });

  it('fetches nothing where no file is named', async () => {
    const { endpoint, commands } = await responder({});
    expect((await prepared(endpoint, undefined, { direction: 'stor' })).file).toBeNull();
    expect(commands.filter((line) => /^(RETR|PORT)/.test(line))).toEqual([]);
  });

  it('does not end its session with a file half read', async () => {
    const { endpoint, commands } = await responder({ RETR: sending('all of it') });
    await prepared(endpoint, 'a file with blanks');
    expect(commands).toContain('RETR a file with blanks');
  });

  it.each([
    [
      'refuses the file',
      { RETR: ({ reply }) => reply('550 no such file') },
      /'x' cannot be fetched .*: reply\.550$/,
    ],
    ['never connects', { RETR: () => {} }, /'x' cannot be fetched in active mode: timeout\.connect$/],
    [
      'refuses PORT',
      { PORT: ({ reply }) => reply('500 passive only') },
      /'x' cannot be fetched .*: reply\.500$/,
    ],
    ['refuses the login', { PASS: ({ reply }) => reply('530 wrong') }, /can't log in to 127\..*530/],
  ] as const satisfies readonly Refusal[])('of a server that %s says so', async (_, scripts, message) => {
    const { endpoint } = await responder(scripts);
    const preparing = prepared(endpoint, 'x');
    await expect(preparing).rejects.toBeInstanceOf(PreflightError);
    await expect(preparing).rejects.toThrow(message);
    await expect(preparing).rejects.toThrow(/^target there: (?!.*hunter2)[^\n]+$/);
  });

  it('of a server that is not there says so', async () => {
    await expect(prepared(await closedPort(ownAddress()), 'x')).rejects.toThrow(
      /^target there: .*ECONNREFUSED/,
    );
  });
});

describe('runStress with targets in its plan', () => {
  const HERE = 'ftp://127.0.0.1:2121/file';
  const target = (path?: string): Target => ({
    server: { address: '127.0.0.1', port: 1 }, // nobody answers: to dial it would be another error
    login: { user: '', password: '' },
    ...{ path, clientAddress: null },
  });
  const mistakes: readonly (readonly [string, object, RunOptions, string])[] = [
    [
      'and no targets',
      { targets: [HERE] },
      {},
      "target 127.0.0.1:2121 of the plan is not in the option `targets`: add its server, login, path and clientAddress under '127.0.0.1:2121'",
    ],
    [
      'beside other strategies, and no targets',
      { binders: ['reuse-port'], peers: ['vsftpd'], targets: [HERE] },
      {},
      'target 127.0.0.1:2121 of the plan is not in the option `targets`',
    ],
    [
      'of which one is missing',
      { targets: [HERE, HERE] },
      { targets: new Map([['127.0.0.1:2121', target('file')]]) },
      'target 127.0.0.1:2121#2 of the plan is not in the option `targets`',
    ],
    [
      'without the file that it fetches',
      { targets: [HERE] },
      { targets: new Map([['127.0.0.1:2121', target()]]) },
      'target 127.0.0.1:2121 has no `path` in the option `targets`: name the file that the plan is to fetch',
    ],
    [
      'and one that is not in it',
      { targets: [HERE] },
      { targets: new Map(['127.0.0.1:2121', 'localhost'].map((name) => [name, target('file')])) },
      "'localhost' in the option `targets` is no target of the plan, which has 127.0.0.1:2121",
    ],
    [
      'of another plan',
      { binders: ['reuse-port'] },
      { targets: new Map([['localhost', target('file')]]) },
      "'localhost' in the option `targets` is no target of the plan, which has none",
    ],
  ];
  it.each(mistakes)('%s: says so', async (_, named, options, message) => {
    const plan = fillPlan({ ...named, blocks: 1, scenarios: [{ name: 'a' }] });
    const running = runStress(plan, options);
    await expect(running).rejects.toBeInstanceOf(UsageError);
    await expect(running).rejects.toThrow(message);
  });
});

type Refusal = readonly [string, Parameters<typeof responder>[0], RegExp];
