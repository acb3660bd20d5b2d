// What `serve --check` lists: each setting as a flag would take it again, and the values of what nobody has said.
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addServeFlags, type ServeFlags } from '../../src/cli/serve-flags.ts';
import { optionsOf } from '../../src/cli/serve-options.ts';
import { listSettings } from '../../src/cli/serve-settings.ts';

const parsed = (args: readonly string[]) => addServeFlags(new Command()).parse(args, { from: 'user' });

/** By name. */
function listed(args: readonly string[]): Map<string, string> {
  const command = parsed(args);
  const lines = listSettings(command, optionsOf(command.opts<ServeFlags>())).split('\n');
  return new Map(
    lines.map((line) => /^ {2}(\S+) +(.*?) +(?:default|flag)$/.exec(line)?.slice(1) as [string, string]),
  );
}

const SAID = {
  listen: '127.0.0.1:2121,[::1]:2221',
  'passive-ports': '50000-50010',
  umask: '007',
  'max-rate': '1536KiB',
  'keep-parts': '2h',
  'idle-timeout': '90m',
  'stall-timeout': '1.5s',
  retry: '1,2.5',
  metrics: '127.0.0.1:9090',
  'log-file': 'log',
};

describe('what was said', () => {
  it.each(Object.entries(SAID))('--%s %s', (name, text) => {
    const shown = listed([`--${name}`, text, '--write']).get(name) ?? '';
    expect(shown).toBe(text);
    const attribute = (args: readonly string[]) =>
      parsed(args).opts()[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())] as unknown;
    expect(attribute([`--${name}`, shown])).toEqual(attribute([`--${name}`, text]));
  });

  it('of a banner in several lines, on one', () => {
    expect(listed(['--banner', 'a\nb']).get('banner')).toBe("'a\\nb'");
  });
});

it.each([
  [
    [],
    {
      retry: 'none',
      'data-port': '2120',
      'max-sessions': '1000',
      'max-sessions-per-address': '250',
      anonymous: 'true',
      write: 'false',
      'max-rate': '-',
      'keep-parts': '1h',
    },
  ],
  [['--binder', 'legacy', '--max-sessions', '20'], { retry: 'bsd', 'max-sessions-per-address': '10' }],
  [['--binder', 'ephemeral'], { 'data-port': '-' }],
  [['--listen', '127.0.0.1:21,127.0.0.2:2121,127.0.0.3:0'], { 'data-port': '20,2120,any' }],
  [['--users', 'f'], { anonymous: 'false' }],
])('what %j leaves open has the value that follows', (args, values) => {
  expect(Object.fromEntries(listed(args))).toMatchObject(values);
});
