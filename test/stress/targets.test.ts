// A target before the run: its file is fetched once as every transfer will be, and what fails is told in one line.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { PreflightError } from '../../src/errors.ts';
import { fillPlan } from '../../src/stress/plan.ts';
import { prepareTarget } from '../../src/stress/targets.ts';
import { closeAll, responder } from '../client/harness.ts';
import { sending } from '../client/user-pis.ts';
import { closedPort, ownAddress } from '../support/loopback.ts';
import { fileOf, servingFiles } from './loading.ts';

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

type Refusal = readonly [string, Parameters<typeof responder>[0], RegExp];
