// Help in 80 columns: flags under headings, examples with what they do, and a line on settings for every command.
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { quoted } from '../quoted.ts';

const COLUMNS = 80;
const OTHERS = 'Other options:';

/** Flags that belong together. */
export function under(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.helpGroup(heading));
}

/** The same by their names; those that no heading names stand under a last one. */
export function headings(command: Command, groups: Readonly<Record<string, readonly string[]>>): Command {
  for (const [heading, names] of Object.entries(groups)) {
    for (const option of command.options) if (names.includes(option.name())) option.helpGroup(heading);
  }
  return command;
}

/** Where some flags have a heading, those without get one, too, behind all others; and so does --help. */
export function arrangeHelp(command: Command): Command {
  const hasHeadings = command.options.some(({ helpGroupHeading }) => helpGroupHeading !== undefined);
  const help = new Option('-h, --help', 'say what there is');
  if (hasHeadings) {
    for (const option of command.options) if (option.helpGroupHeading === undefined) option.helpGroup(OTHERS);
    help.helpGroup(OTHERS);
  }
  return command.addHelpOption(help).configureHelp({
    showGlobalOptions: true,
    // As wide as can be read: a column of text that fills a wide screen cannot.
    helpWidth: COLUMNS,
    groupItems: (unsorted, visible, groupOf) =>
      lastOnes(byGroup([...unsorted, ...visible], visible, groupOf)),
    // Not the environment variable, which has the flag's name.
    optionDescription: ({ description, defaultValue, defaultValueDescription }) =>
      defaultValue === undefined || typeof defaultValue === 'boolean'
        ? description
        : `${description} (default: ${defaultValueDescription ?? String(defaultValue)})`,
  });
}

function byGroup<T>(
  order: readonly T[],
  visible: readonly T[],
  groupOf: (item: T) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>(order.map((item) => [groupOf(item), []]));
  for (const item of visible) groups.get(groupOf(item))?.push(item);
  return new Map([...groups].filter(([, items]) => items.length > 0));
}

function lastOnes<T>(groups: Map<string, T[]>): Map<string, T[]> {
  const others = groups.get(OTHERS);
  if (others === undefined) return groups;
  groups.delete(OTHERS);
  return groups.set(OTHERS, others);
}

/** `command   what it does` lines, which stand below each other where they do not fit beside each other. */
export function examplesInColumns(text: string): string {
  const examples = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/ {2,}/));
  const width = Math.max(0, ...examples.map(([command = '']) => command.length));
  const fits = examples.every(([, what = '']) => width + what.length + 4 <= COLUMNS);
  return examples
    .map(([command = '', what = '']) => {
      if (what === '') return `  ${command}`;
      return fits ? `  ${command.padEnd(width)}  ${what}` : `  # ${what}\n  ${command}`;
    })
    .join('\n');
}

/** `port20 help [command]`: Commander's own says nothing of a command that is none. */
export function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('say what there is, of a command what it takes')
    .argument('[command]')
    .helpOption(false)
    .exitOverride()
    .action((name: string | undefined) => {
      const known = program.commands.map((command) => command.name());
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command !== undefined) command.help();
      throw new UsageError(
        `unknown command ${quoted(name)}${didYouMean(name ?? '', known)}: use ${known.join(', ')}`,
      );
    });
}
