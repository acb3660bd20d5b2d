// `serve --check`: what would keep a service from starting is told by it as by the start, and nothing is left of it.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listeningPeer, ownAddress } from '../support/loopback.ts';
import { emptyFolder, expectOneLine, run } from './port20.ts';

describe("what is not there, is nobody's or is another's", () => {
  const address = ownAddress();
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'folder'));
  symlinkSync('no/such/log', join(cwd, 'dangling'));

  it.each([
    ['--log-file no/such/log', 3, /^port20: the log file 'no\/such\/log' cannot be written: ENOENT$/m],
    ['--xferlog no/such/log', 3, /^port20: the transfer log 'no\/such\/log' cannot be written: ENOENT$/m],
    ['--log-file folder', 3, /the log file 'folder' cannot be written: EISDIR$/m],
    ['--xferlog new/', 3, /the transfer log 'new\/' cannot be written: EISDIR$/m],
    ['--log-file dangling', 3, /the log file 'dangling' cannot be written: ENOENT$/m],
    [
      '--metrics 192.0.2.1:9090',
      3,
      /metrics cannot be served: 192\.0\.2\.1 is not an address of this machine$/m,
    ],
    [
      `--metrics ${address}:2121`,
      2,
      /--metrics 127[\d.]+:2121 is a control port of the server: choose another/,
    ],
    ['--metrics 0.0.0.0:2121', 2, /--metrics 0\.0\.0\.0:2121 is a control port/],
    ['--metrics [::]:2121', 2, /--metrics \[::\]:2121 is a control port/],
    [`--metrics ${address}:2120`, 2, /--metrics 127[\d.]+:2120 is a data port of the server/],
    [`--data-port 3000 --metrics ${address}:3000`, 2, /is a data port of the server/],
    ['--passive-ports 50000-50010 --metrics 50005', 2, /is one of the passive ports of the server/],
  ])('%s', async (line, status, message) => {
    const args = ['serve', '--listen', `${address}:2121`, ...line.split(' ')];
    for (const more of [['--check'], []])
      expectOneLine(await run([...args, ...more], { cwd }), status, message);
  });
});

it('a log that is not there yet is not made, and one that is there is as it was', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'log'), 'line\n');
  symlinkSync('later', join(cwd, 'link'));
  const listen = ['--listen', `${ownAddress()}:2121`];
  for (const logs of [
    ['--log-file', 'log', '--xferlog', 'new'],
    ['--xferlog', 'link'],
  ]) {
    expect(await run(['serve', '--check', ...listen, ...logs], { cwd })).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('cannot'),
    });
  }
  expect(readdirSync(cwd).toSorted()).toEqual(['link', 'log']);
  expect(existsSync(join(cwd, 'later'))).toBe(false);
});

it.each([60, 80, 100])('keeps to %d columns, whatever the banner is', async (columns) => {
  const args = [
    'serve',
    '--check',
    '--listen',
    `${ownAddress()}:2121`,
    '--workers',
    '2',
    '--banner',
    'x'.repeat(300),
  ];
  const { stdout } = await run(args, { env: { COLUMNS: `${columns}` } });
  const lines = stdout.split('\n');
  const first = lines.slice(
    0,
    lines.findIndex((line) => /^ {2}listen /.test(line)),
  );
  expect(first.join(' ').replace(/ +/g, ' ')).toMatch(/^would listen on .*, 2 processes, root \.$/);
  expect(first.filter((line) => line.length > columns)).toEqual([]);
  expect(lines.filter((line) => line.length > 110)).toEqual([]);
});

it('an address of metrics that is in use is told, as one of the service is', async () => {
  const peer = await listeningPeer(ownAddress());
  const metrics = `${peer.endpoint.address}:${peer.endpoint.port}`;
  const args = ['serve', '--listen', `${ownAddress()}:2121`, '--metrics', metrics];
  expect(await run([...args, '--check'])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(`${metrics} is in use now: by this service if it runs already`),
  });
  expectOneLine(await run(args), 3, /metrics cannot be served: 127[\d.:]+ is in use by another server/);
  await peer.close();
});
