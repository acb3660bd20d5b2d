// `port20 diagnose` from the command line, against servers of this machine: health, a cause, and mistakes.
import { describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../../src/probe/types.ts';
import { serving } from '../server/serving.ts';
import { expectOneLine, run } from './port20.ts';

it('nothing is found where nothing is wrong: exit 0', () =>
  serving({}, async ({ address }) => {
    const { status, stdout } = await run(['diagnose', `ftp://${address.address}:${address.port}`]);
    expect(stdout).toMatch(/^Nothing found: \d\d transfers with /);
    expect(status).toBe(0);
  }));

it('a server without a fixed port is told of, with what was seen and what to do: exit 3', () =>
  serving({ binder: 'ephemeral' }, async ({ address }) => {
    const url = `ftp://${address.address}:${address.port}`;
    const { status, stdout } = await run(['diagnose', url, '--json']);
    expect(status).toBe(3);
    const { findings, transfers }: Diagnosis = JSON.parse(stdout);
    expect(findings).toMatchObject([{ ids: ['no-fixed-port'] }]);
    expect(findings[0]?.evidence).toMatch(/data connections came from \d+ ports/);
    expect(transfers).toBeLessThanOrEqual(30);
  }));

describe('mistakes', () => {
  it.each([
    [['ftp://192.0.2.1'], 2, /192\.0\.2\.1 is not this machine: say --i-own-this-server/],
    [['ftp://127.0.0.1:1'], 3, /ECONNREFUSED/],
    [[], 2, /missing required argument 'target'/],
  ])('%j', async (args, status, message) => {
    expectOneLine(await run(['diagnose', ...args]), status, message);
  });
});
