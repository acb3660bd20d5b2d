// Help: flags under headings, in 80 columns; -h everywhere; and help for what there is not.
import { describe, expect, it } from '@jest/globals';
import { Command, Option } from 'commander';
import { arrangeHelp, examplesInColumns, headings } from '../../src/cli/help.ts';
import { expectOneLine, run } from './port20.ts';

const COMMANDS = [
  'serve',
  'user',
  'stress',
  'compare',
  'merge',
  'predict',
  'report',
  'probe',
  'conform',
  'diagnose',
];

describe('of each command', () => {
  it.each(COMMANDS)('%s -h is its --help, in 80 columns', async (command) => {
    const [short, long] = await Promise.all([run([command, '-h']), run([command, '--help'])]);
    expect(short).toEqual(long);
    expect(short.status).toBe(0);
    expect(short.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('stress and serve have their flags under headings', async () => {
    for (const command of ['stress', 'serve']) {
      const { stdout } = await run([command, '-h']);
      const found: readonly string[] = stdout.match(/^\S.*:$/gm) ?? [];
      expect(found.length).toBeGreaterThan(5);
      expect(found).not.toContain('Options:');
      expect(found.indexOf('Other options:')).toBe(found.indexOf('Global Options:') - 1);
    }
  });
});

it('a new flag stands under a heading for such, behind all others', () => {
  const command = new Command('x').addOption(new Option('--new')).addOption(new Option('--old'));
  const text = arrangeHelp(headings(command, { 'Known:': ['old'] })).helpInformation();
  expect(text).toMatch(/Known:\n {2}--old\n\nOther options:\n {2}--new\n {2}-h, --help/);
});

it('examples stand beside what they do, or below it', () => {
  expect(examplesInColumns('\n  a b   does this\n  a      does that')).toBe(
    '  a b  does this\n  a    does that',
  );
  const long = 'x'.repeat(70);
  expect(examplesInColumns(`\n  ${long}   does this\n  a`)).toBe(`  # does this\n  ${long}\n  a`);
});

it('help for what is no command names the near one', async () => {
  expectOneLine(
    await run(['help', 'strss']),
    2,
    /unknown command 'strss' \(did you mean 'stress'\?\): use serve, /,
  );
  expect((await run(['help', 'probe'])).stdout).toBe((await run(['probe', '-h'])).stdout);
});
