// The server under test, as an operator starts it: `serve --write` on both families, in the namespace's own port 21.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** @returns stop: ends it. @throws when it ends before it listens */
export async function serve(host, port, { root, workers, log }) {
  const listen = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const args = ['serve', '--listen', listen, '--root', root, '--write', '--workers', String(workers)];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  child.stderr.pipe(createWriteStream(log));
  await new Promise((resolve, reject) => {
    child
      .once('error', reject)
      .once('exit', (status) => reject(new Error(`serve ended with ${status}: see ${log}`)));
    createInterface(child.stderr).on('line', (line) => line.includes('listening on') && resolve());
  });
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
