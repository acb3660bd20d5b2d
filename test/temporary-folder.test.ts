// Temporary folders of processes that were killed are removed by the next; those of others are let be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { isLeftOver, ownedName } from '../src/owner.ts';
import { removeLeftOvers, temporaryFolder } from '../src/temporary-folder.ts';
import { emptyFolder } from './cli/port20.ts';

/** Of a process that is alive while it waits for its input to end. */
async function otherProcess() {
  const owner = new URL('../dist/owner.js', import.meta.url).href;
  const script = `import(${JSON.stringify(owner)}).then(({ ownedName }) => console.log(ownedName('port20-run-')));process.stdin.resume()`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { name: `${String(line).trim()}abcdef`, child };
}

it('is gone when it was removed, and names its process until then', async () => {
  const parent = emptyFolder();
  const { path, remove } = await temporaryFolder('port20-run-', 'files', parent);
  expect(readdirSync(parent)).toEqual([expect.stringMatching(`^port20-run-${process.pid}\\.\\d+\\.`)]);
  await remove();
  await remove();
  expect(existsSync(path)).toBe(false);
});

it('of a process that was killed is removed, of one that runs is not', async () => {
  const parent = emptyFolder();
  const { name, child } = await otherProcess();
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'file'), 'x');
  removeLeftOvers(parent);
  expect(existsSync(path)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const own = await temporaryFolder('port20-peer-', 'files', parent);
  expect(readdirSync(parent)).toEqual([own.path.slice(parent.length + 1)]);
  await own.remove();
});

it('of nobody, of another host and of another program is let be', () => {
  const parent = emptyFolder();
  const own = ownedName('port20-run-');
  const dead = own.replace(`${process.pid}.`, '4194303.');
  const elsewhere = dead.replace(/\.[0-9a-f]{8}-$/, '.00000000-');
  const names = ['port20-run-abcdef', `${elsewhere}abcdef`, `x${dead}abcdef`, `${own}abcdef`];
  for (const name of names) mkdirSync(join(parent, name));
  mkdirSync(join(parent, `${dead}abcdef`));
  removeLeftOvers(parent);
  expect(readdirSync(parent).sort()).toEqual([...names].sort());
});

it('a process id that another process has now is not the owner', () => {
  const [, pid, ticks] = /(\d+)\.(\d+)\./.exec(ownedName('')) ?? [];
  const name = ownedName('x-').replace(`${pid}.${ticks}`, `${pid}.${Number(ticks) + 1}`);
  expect(isLeftOver(`${name}abcdef`, 'x-')).toBe(Number(ticks) > 0);
  expect(isLeftOver(`${ownedName('x-')}abcdef`, 'x-')).toBe(false);
});
