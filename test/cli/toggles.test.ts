// Settings that are on or off, said in several places: a variable that says no is above a file that says yes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, type RunOptions, run, start } from './port20.ts';

/** A configuration file that says yes to `name`, and a variable beside it. */
function saying(name: string, variable: string | undefined): RunOptions {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), `${name}: true\n`);
  const env = variable === undefined ? {} : { [`PORT20_${name.toUpperCase().replace('-', '_')}`]: variable };
  return { cwd, env };
}

it.each([
  ['write', '0', 'false', 'environment'],
  ['write', '', 'false', 'environment'],
  ['write', '1', 'true', 'environment'],
  ['write', undefined, 'true', 'file'],
  ['sync-uploads', 'no', 'false', 'environment'],
])('%s: true in the file and %p in the environment', async (name, variable, value, source) => {
  const args = ['serve', '--check', '--listen', `${ownAddress()}:2121`];
  const { stdout } = await run(args, saying(name, variable));
  expect(stdout).toMatch(new RegExp(`^ {2}${name} +${value} +${source}$`, 'm'));
});

it('a flag is above both', async () => {
  const place = ['--listen', `${ownAddress()}:2121`];
  const { stdout } = await run(['serve', '--check', '--write', ...place], saying('write', '0'));
  expect(stdout).toMatch(/^ {2}write +true +flag$/m);
});

it('of every command alike', async () => {
  const { stdout } = await run(['predict', '--sessions', '2', '--duration', '1s'], saying('json', '0'));
  expect(stdout).not.toMatch(/^\{/);
  const planned = await run(['stress', '--sessions', '2', '--dry-run'], saying('print-plan', 'off'));
  expect(planned).toMatchObject({ status: 0, stdout: expect.not.stringMatching(/^formatVersion: /m) });
});

it('is no otherwise after a reload', async () => {
  const options = saying('write', '0');
  const place = ['--listen', `${ownAddress()}:2121`, '--root', emptyFolder(), '--log-level', 'silent'];
  const server = start(['serve', ...place], options);
  const [line] = await server.stderrMatch(/^listening on .*$/m);
  expect(line).not.toContain('writable');
  server.child.kill('SIGHUP');
  await server.stderrMatch(/^port20: SIGHUP: nothing changed$/m);
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});
