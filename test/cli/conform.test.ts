// `port20 conform` from the command line: its forms, its exit statuses, its mistakes.
import { describe, expect, it } from '@jest/globals';
import type { ConformReport } from '../../src/probe/types.ts';
import { serving } from '../server/serving.ts';
import { expectOneLine, run } from './port20.ts';

it('our own server conforms: exit 0, and JSON alone on standard output', async () => {
  const { status, stdout } = await run(['conform', '--only', 'reply-noop,address-port-zero', '--json']);
  expect(status).toBe(0);
  const { cases }: ConformReport = JSON.parse(stdout);
  expect(cases.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'address-port-zero conforms',
    'reply-noop conforms',
  ]);
});

it('a server that breaks a case: exit 99', () =>
  serving({ binder: 'ephemeral', write: true }, async ({ address }) => {
    const url = `ftp://${address.address}:${address.port}`;
    const { status, stdout } = await run(['conform', url, '--only', 'data-port-default']);
    expect(status).toBe(99);
    expect(stdout).toMatch(/^breaks {5}data-port-default: /m);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  }));

it('--list says what each case sends and what must come, and runs nothing', async () => {
  const { status, stdout } = await run(['conform', '--list', '--only', 'reply-allo']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^reply-allo: ALLO is 200/);
  expect(stdout).toContain('sends: ALLO 123456');
  expect(stdout).toContain('must come: 200, tolerable 202');
});

describe('mistakes', () => {
  it.each([
    [['--only', 'no-such-case'], 2, /no case is called 'no-such-case'/],
    [['ftp://192.0.2.1'], 2, /192\.0\.2\.1 is not this machine: say --i-own-this-server/],
    [['ftp://127.0.0.1:1'], 3, /ECONNREFUSED/],
    [['ftp://127.0.0.1', '--peer', 'vsftpd'], 2, /one server at a time: a URL or --peer/],
    [['--peer', 'nosuch'], 2, /unknown peer 'nosuch'/],
    [['--list', '--abuse'], 2, /--abuse has no effect with --list/],
    [['--json', '--format', 'md'], 2, /--format has no effect with --json/],
    [['--password-file', 'x'], 2, /--password-file has no effect without a server/],
  ])('%j', async (args, status, message) => {
    expectOneLine(await run(['conform', ...args]), status, message);
  });
});
