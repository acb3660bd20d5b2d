// The flags of `merge`.
import type { Command } from 'commander';
import { readPath, setting, toggle } from './flags.ts';
import { under } from './help.ts';
import type { OutputFlags } from './output.ts';
import { addResultFlags, RESULT_HEADING, type ResultFlags } from './result-flags.ts';

export interface MergeFlags extends OutputFlags, ResultFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function addMergeFlags(command: Command): Command {
  const options = under(RESULT_HEADING, [
    setting('--out <file>', 'save the merged result as JSON', readPath),
    toggle('--json', 'print it as JSON instead of tables'),
  ]);
  for (const option of options) command.addOption(option);
  return addResultFlags(command);
}
