// An empty value is a variable that was not set: no setting takes it for a name, nor passes it over.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command, type Option } from 'commander';
import { addServeFlags } from '../../src/cli/serve-flags.ts';
import { addUserFlags } from '../../src/cli/user-flags.ts';
import { emptyFolder, expectOneLine, run } from './port20.ts';

/** What the server itself has an opinion on. */
const JUDGED_LATER = ['banner', 'passive-address'];

const withValue = (command: Command): [string, Option][] =>
  command.options.filter(({ required }) => required).map((option) => [option.name(), option]);

describe.each([
  ['serve', addServeFlags(new Command())],
  ['user', addUserFlags(new Command())],
])('of %s', (_, command) => {
  const readers = withValue(command).filter(([name]) => !JUDGED_LATER.includes(name));

  it.each(readers)('--%s', (_name, option) => {
    for (const nothing of ['', ' ']) expect(() => option.parseArg?.(nothing, undefined)).toThrow();
    expect(option.parseArg).toBeDefined();
  });
});

it.each([
  'PORT20_USER',
  'PORT20_GROUP',
  'PORT20_USERS',
  'PORT20_LOG_FILE',
  'PORT20_XFERLOG',
  'PORT20_BANNER_FILE',
])('an empty %s keeps a server from starting', async (name) => {
  expectOneLine(
    await run(['serve'], { env: { [name]: '' } }),
    2,
    new RegExp(`^port20: ${name}: is empty: name`),
  );
});

it.each(['banner', 'passive-address'])('an empty %s is refused by the server', async (name) => {
  expectOneLine(await run(['serve', `--${name}`, '']), 2, /must/);
});

it('an empty user in the configuration file keeps a server from starting', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), "user: ''\n");
  expectOneLine(await run(['serve'], { cwd }), 2, /port20\.config\.yaml: user: is empty: name one/);
});
