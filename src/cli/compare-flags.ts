// The flags of `compare`.
import type { Command } from 'commander';
import { DEFAULT_MARGIN } from '../stats/verdict.ts';
import { oneOf, readName, readShare, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

const FORMATS = ['text', 'md', 'json'] as const;

export interface CompareFlags extends OutputFlags {
  /** Names of strategies; the results know which there are. */
  readonly baseline?: string;
  readonly candidate?: string;
  readonly scenario?: string;
  readonly margin: number;
  readonly format: (typeof FORMATS)[number];
  readonly strict?: boolean;
  readonly allowEnvDiff?: boolean;
}

export function addCompareFlags(command: Command): Command {
  return command
    .addOption(
      setting('--baseline <name>', 'the strategy to compare with, by its name in the table', readName),
    )
    .addOption(setting('--candidate <name>', 'the strategy that must not be worse', readName))
    .addOption(setting('--scenario <name>', 'this scenario alone', readName))
    .addOption(
      setting(
        '--margin <share>',
        'a rise of the failure rate that does not matter, 0 to 1',
        readShare,
      ).default(DEFAULT_MARGIN),
    )
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--allow-env-diff', 'compare two runs that differ in environment or load all the same'))
    .addOption(toggle('--strict', 'exit 11 where the verdict is inconclusive'));
}
