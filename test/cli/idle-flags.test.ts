// Flags that would be passed over in silence are refused by name; odd.mjs has more of them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, expectOneLine, run, start } from './port20.ts';

it.each([
  [
    'probe --patience 5s',
    /^port20: --patience has no effect without a server or --cost: name one, such as ftp:/,
  ],
  ['probe --sessions 5', /^port20: --sessions has no effect without --doctor$/m],
  ['probe --format md --json', /^port20: --format has no effect with --json, which is another format/],
  ['stress --password-file x --dry-run', /^port20: --password-file has no effect without a target/],
  ['stress --print-plan --out x', /^port20: --out has no effect with --print-plan/],
  [
    'stress --binder reuse-port --time-unit 5ms --dry-run',
    /^port20: --time-unit has no effect where nothing retries/,
  ],
  [
    'stress --abort-after 3 --dry-run',
    /^port20: --abort-after has no effect without a threshold that ends a run/,
  ],
  ['serve --binder ephemeral --data-port 2000', /^port20: --data-port has no effect with --binder ephemeral/],
  ['serve --time-unit 5ms', /^port20: --time-unit has no effect where nothing retries/],
  [
    'serve --anonymous',
    /^port20: --anonymous has no effect without --users, where anonymous users may log in/,
  ],
  ['serve --umask 022', /^port20: --umask has no effect where nobody may upload: say --write/],
  ['serve --sync-uploads', /^port20: --sync-uploads has no effect where nobody may upload/],
])('%s', async (line, message) => expectOneLine(await run(line.split(' ')), 2, message));

it.each([
  [
    'binder: ephemeral',
    'serve --data-port 2000',
    /^port20: --data-port has no effect with --binder ephemeral/,
  ],
  ['json: true', 'probe --format md', /^port20: --format has no effect with --json/],
  ['print-plan: true', 'stress --out x', /^port20: --out has no effect with --print-plan/],
])('%s in the file and %s', async (yaml, line, message) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), `${yaml}\n`);
  expectOneLine(await run(line.split(' '), { cwd }), 2, message);
});

it.each([
  ['doctor: true', 'probe --sessions 5'],
  ['write: true', 'serve --check --umask 022'],
  ['retry: bsd', 'serve --check --time-unit 5ms'],
])('%s in the file gives effect to %s', async (yaml, line) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), `${yaml}\n`);
  const args = [...line.split(' '), '--listen', `${ownAddress()}:2121`];
  const { status, stderr } = await run(args, { cwd });
  expect(stderr).not.toContain('no effect');
  expect(status).not.toBe(2);
});

it('a flag that loses its effect by a reload keeps no setting from changing', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), 'write: true\n');
  const place = ['--listen', `${ownAddress()}:2121`, '--root', emptyFolder()];
  const server = start(['serve', '--umask', '022', ...place], { cwd });
  await server.stderrMatch(/^listening on /m);
  writeFileSync(join(cwd, 'port20.config.yaml'), '');
  server.child.kill('SIGHUP');
  await server.stderrMatch(/^port20: SIGHUP: changed write$/m);
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});

it('what a variable says is for many commands, and may be idle in one', async () => {
  const { status } = await run(['stress', '--print-plan'], { env: { PORT20_OUT: 'x', PORT20_QUIET: '1' } });
  expect(status).toBe(0);
});
