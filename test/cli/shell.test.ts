// The command line as it is written into a report: to be typed again, and without anybody's password.
import { afterEach, expect, it } from '@jest/globals';
import { commandLine } from '../../src/cli/shell.ts';

const before = process.argv;
afterEach(() => {
  process.argv = before;
});

it.each([
  [['stress', 'my plan.yaml'], "stress 'my plan.yaml'"],
  [['--redis', 'redis://:geheim@h:6379'], '--redis redis://h:6379'],
  [['--redis=rediss://user:geheim@h/2'], '--redis=rediss://user@h/2'],
  [['--redis', 'redis://u:ge:he@im@[::1]:7'], "--redis 'redis://u@[::1]:7'"],
  [['--target', 'ftp://anna:geheim@127.0.0.1/a@b'], '--target ftp://anna@127.0.0.1/a@b'],
  [['--target', 'ftp://a/x', '--target', 'FTP://b:geheim@c'], '--target ftp://a/x --target FTP://b@c'],
  [['--out', 'a:b@c'], '--out a:b@c'],
])('%j', (words, line) => {
  process.argv = ['node', 'main.js', ...words];
  expect(commandLine()).toBe(`npx port20 ${line}`);
});
