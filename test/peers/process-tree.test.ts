// Descendants of a process, as the kernel has them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { descendantsOf } from '../../src/peers/process-tree.ts';

it('finds children and their children, and forgets the dead', async () => {
  const child = spawn('sh', ['-c', 'sh -c "echo ready; exec sleep 1000" & wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { pid = 0 } = child;
  await once(child.stdout, 'data');
  const [inner] = descendantsOf(pid);
  expect(inner).toBeDefined();
  expect(descendantsOf(process.pid)).toEqual(expect.arrayContaining([pid, inner]));
  child.kill('SIGKILL');
  process.kill(inner ?? 0, 'SIGKILL');
  await once(child, 'exit');
  expect(descendantsOf(process.pid)).not.toContain(pid);
});
