// Child processes of the engine that cannot be started, as where descriptors or processes are used up.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const onLinux = process.platform === 'linux' ? it : it.skip;

/** What a script prints, in a process of its own that opens no more behind `openNothing()`. */
async function printed(script: string): Promise<unknown> {
  const module = (name: string) => JSON.stringify(new URL(`../../dist/engine/${name}`, import.meta.url).href);
  const before = `
import { execFileSync } from 'node:child_process';
import { startChild } from ${module('child.js')};
import { readyGenerators } from ${module('generator-child.js')};
const openNothing = () => execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=3']);
`;
  const args = ['--input-type=module', '-e', before + script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

onLinux('fails whoever waits for one, and names why', async () => {
  const said = await printed(`
openNothing();
const child = startChild('load generator', './generator.js');
const said = await child.next('up').catch(({ name, message }) => name + ': ' + message);
await child.end();
console.log(JSON.stringify([said, child.alive]));
`);
  expect(said).toEqual(['InvalidRunError: load generator process cannot be started: EMFILE', false]);
});

onLinux('leaves none of several behind when one of them cannot be started', async () => {
  const said = await printed(`
const children = [];
const inside = (start) => {
  if (children.length === 1) openNothing();
  children.push(start());
  return children.at(-1);
};
const said = await readyGenerators([], 2, inside).catch(({ message }) => message);
console.log(JSON.stringify([said, children[0].signalCode]));
process.exit();
`);
  expect(said).toEqual(['load generator process cannot be started: EMFILE', 'SIGKILL']);
});
