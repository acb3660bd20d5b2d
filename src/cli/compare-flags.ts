// The flags of `compare`.
import type { Command } from 'commander';
import { QUANTITY_NAMES } from '../report/compare/quantity-names.ts';
import { oneOf, readName, readShare, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

/** The failure rate, and what tells how quick a contestant is. */
const METRICS = ['failure-rate', ...QUANTITY_NAMES] as const;

const FORMATS = ['text', 'md', 'json'] as const;

export interface CompareFlags extends OutputFlags {
  /** Names of strategies; the results know which there are. */
  readonly baseline?: string;
  readonly candidate?: string;
  readonly scenario?: string;
  readonly metric: (typeof METRICS)[number];
  /** Of the metric; its own default unless set. */
  readonly margin?: number;
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
      setting('--metric <name>', METRICS.join(', '), oneOf('metric', METRICS)).default('failure-rate'),
    )
    .addOption(
      setting(
        '--margin <share>',
        'a change for the worse that does not matter (default: 0.01 of the failure rate, 0.05 of the others)',
        readShare,
      ),
    )
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--allow-env-diff', 'compare two runs that differ in environment or load all the same'))
    .addOption(toggle('--strict', 'exit 11 where the verdict is inconclusive'));
}
