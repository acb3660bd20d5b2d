// A child process of the engine that cannot be started, as where descriptors or processes are used up.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/** In a process of its own, which may open nothing more. */
const SCRIPT = `
import { execFileSync } from 'node:child_process';
import { startChild } from ${JSON.stringify(new URL('../../dist/engine/child.js', import.meta.url).href)};
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=3']);
const child = startChild('load generator', './generator.js');
const said = await child.next('up').catch(({ name, message }) => name + ': ' + message);
await child.end();
console.log(JSON.stringify([said, child.alive]));
`;

(process.platform === 'linux' ? it : it.skip)('fails whoever waits for it, and names why', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT]);
  expect(JSON.parse(stdout)).toEqual([
    'InvalidRunError: load generator process cannot be started: EMFILE',
    false,
  ]);
});
