// What SIGHUP tells of itself: each setting that has changed and none that has not, and who may log in from then on.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addServeFlags, type ServeFlags } from '../../src/cli/serve-flags.ts';
import { optionsOf } from '../../src/cli/serve-options.ts';
import { describeReload, inForceAfter } from '../../src/cli/serve-reload.ts';
import type { ServerOptions } from '../../src/server/options.ts';
import { reloaded } from '../../src/server/reload.ts';
import { RawClient } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, type Running, start } from './port20.ts';

/** As a command line would have them. */
function flagsOf(...args: readonly string[]): ServeFlags {
  return addServeFlags(new Command()).parse(args, { from: 'user' }).opts();
}

/** Reloads one after another, as the server does them. */
function reloading(first: ServeFlags): (wanted: ServeFlags, users?: number) => string {
  let flags = first;
  let options: ServerOptions = optionsOf(first);
  return (wanted, users) => {
    const { options: now, ...done } = reloaded(options, optionsOf(wanted));
    const line = describeReload(flags, wanted, { ...done, users });
    [flags, options] = [inForceAfter(flags, wanted, done), now];
    return line;
  };
}

describe('the line', () => {
  it('tells a text of the banner that becomes a file, is another in the same file, or is gone with its file', () => {
    const file = join(emptyFolder(), 'banner');
    writeFileSync(file, 'Hello\n');
    const reload = reloading(flagsOf('--banner', 'Hi'));
    expect(reload(flagsOf('--banner-file', file))).toBe('changed banner, banner-file');
    expect(reload(flagsOf('--banner-file', file))).toBe('nothing changed');
    writeFileSync(file, 'Goodbye\n');
    expect(reload(flagsOf('--banner-file', file))).toBe('changed banner-file');
    rmSync(file);
    expect(reload(flagsOf('--write'))).toBe('changed write, banner-file');
    expect(reload(flagsOf('--write', '--banner', 'Hi'))).toBe('changed banner');
  });

  it('tells who may log in, and how many users there are', () => {
    const reload = reloading(flagsOf('--users', 'f', '--anonymous'));
    expect(reload(flagsOf('--users', 'f', '--anonymous'), 2)).toBe('nothing changed; f read again: 2 users');
    expect(reload(flagsOf(), undefined)).toBe('changed users'); // they might before
    expect(reload(flagsOf('--users', 'f'), 1)).toBe(
      'changed users; f read again: 1 user; anonymous users may no longer log in',
    );
    expect(reload(flagsOf('--users', 'f'), 0)).toBe('nothing changed; f read again: no users');
    expect(reload(flagsOf())).toBe('changed users; anonymous users may log in now');
    expect(reload(flagsOf('--users', 'f', '--anonymous'), 1)).toBe('changed users; f read again: 1 user');
    expect(reload(flagsOf('--users', 'f'), 1)).toBe(
      'changed anonymous; f read again: 1 user; anonymous users may no longer log in',
    );
  });

  it("tells what is for the process, each time, and what is not the server's", () => {
    const reload = reloading(flagsOf('--workers', '2'));
    const wanted = flagsOf('--log-file', 'log', '--metrics', '9090', '--grace', '1s', '--log-level', 'debug');
    const kept = 'kept until a restart: workers, log-file, metrics';
    expect(reload(wanted)).toBe(`changed grace, log-level; ${kept}`);
    expect(reload(wanted)).toBe(`nothing changed; ${kept}`);
    expect(reload(flagsOf('--workers', '2'))).toBe('changed grace, log-level');
  });

  it('does not tell a default that follows, nor the same in other words', () => {
    const reload = reloading(flagsOf());
    expect(reload(flagsOf('--max-sessions', '1000', '--retry', 'none', '--root', './'))).toBe(
      'nothing changed',
    );
    expect(reload(flagsOf('--max-sessions', '400', '--retry', 'none'))).toBe('changed max-sessions');
    expect(reload(flagsOf())).toBe('changed max-sessions');
    const kept = 'nothing changed; kept until a restart: binder';
    expect(reload(flagsOf('--binder', 'legacy'))).toBe(kept);
    expect(reload(flagsOf('--binder', 'legacy'))).toBe(kept);
  });
});

/** SIGHUP; resolves with the line that it makes. */
async function reloadedBy({ child, stderrMatch }: Running, line: RegExp): Promise<void> {
  child.kill('SIGHUP');
  await stderrMatch(line);
}

it.each(['1', '2'])('a server with %s workers reads banner and users again', async (workers) => {
  const [cwd, address] = [emptyFolder(), { address: ownAddress(), port: 2121 }];
  const configure = (yaml: string) => writeFileSync(join(cwd, 'port20.config.yaml'), yaml);
  const banner = join(cwd, 'banner');
  writeFileSync(banner, 'One\n');
  writeFileSync(join(cwd, 'users'), '# nobody\n', { mode: 0o600 });
  mkdirSync(join(cwd, 'root'));
  configure('banner-file: banner\n');
  const place = ['--listen', `${address.address}:2121`, '--root', 'root', '--log-level', 'silent'];
  const server = start(['serve', ...place, '--workers', workers], { cwd });
  await server.stderrMatch(/^listening on /m);
  const greeting = async () => {
    const client = await RawClient.connect(address);
    client.socket.destroy();
    return client.greeting;
  };
  expect(await greeting()).toBe('220 One');
  writeFileSync(banner, 'Two\n');
  await reloadedBy(server, /^port20: SIGHUP: changed banner-file$/m);
  expect(await greeting()).toBe('220 Two');
  rmSync(banner);
  configure('banner: Three\nusers: users\n');
  await reloadedBy(
    server,
    /^port20: SIGHUP: changed users, banner, banner-file; users read again: no users; anonymous users may no longer log in$/m,
  );
  expect(await greeting()).toBe('220 Three');
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});

it('a banner that is no text in UTF-8 is refused', () => {
  const file = join(emptyFolder(), 'banner');
  writeFileSync(file, Buffer.from('caf\xe9\n', 'latin1'));
  expect(() => optionsOf(flagsOf('--banner-file', file))).toThrow(/cannot be read: it is not text in UTF-8/);
  writeFileSync(file, `x${'é'.repeat(5000)}`); // its beginning ends in the middle of one
  expect(optionsOf(flagsOf('--banner-file', file)).banner).toMatch(/^x/);
});
