// Which flags stand in this command line: what is said there is meant for it, while variables and files are for many.
import type { Command } from 'commander';

/** The first flag there, such as `--rate`, whose value has a name (Commander's) that is meant. */
export function firstSaid(command: Command, isMeant: (name: string) => boolean): string | undefined {
  const option = command.options.find((one) => {
    const name = one.attributeName();
    return isMeant(name) && command.getOptionValueSource(name) === 'cli';
  });
  return option?.long;
}
