// legacy-bsd across processes: the guard is the kernel's, so a second process is refused and a killed holder frees it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { createBinder } from '../../src/binder/binders.ts';
import { ownEndpoint } from '../support/loopback.ts';

const HOLDER = `
  const { createBinder } = await import(process.argv[1]);
  const bound = await createBinder('legacy-bsd').bind(JSON.parse(process.argv[2]));
  console.log('bound ' + bound.local.port);
  setInterval(() => {}, 1000);
`;
const BUILT_BINDERS = fileURLToPath(new URL('../../dist/binder/binders.js', import.meta.url));

it('a window held by another process is EADDRINUSE here; killing that process frees it', async () => {
  const local = ownEndpoint(4);
  const binder = createBinder('legacy-bsd', { retry: 'none' });
  const holder = spawn(
    process.execPath,
    ['--input-type=module', '-e', HOLDER, BUILT_BINDERS, JSON.stringify(local)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    expect(await firstLine(holder)).toBe(`bound ${local.port}`);
    await expect(binder.bind(local)).rejects.toMatchObject({
      phase: 'bind',
      code: 'EADDRINUSE',
      bindCalls: 1,
    });
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'close');
  }
  (await binder.bind(local)).close();
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
}
