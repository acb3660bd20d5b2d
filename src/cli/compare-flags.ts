// The flags of `compare`.
import type { Command } from 'commander';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { DEFAULT_MARGIN } from '../stats/verdict.ts';
import { oneOf, readBinder, readShare, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

const FORMATS = ['text', 'md', 'json'] as const;

export interface CompareFlags extends OutputFlags {
  readonly baseline?: BinderName;
  readonly candidate?: BinderName;
  readonly scenario?: string;
  readonly margin: number;
  readonly format: (typeof FORMATS)[number];
  readonly strict?: boolean;
}

export function addCompareFlags(command: Command): Command {
  const binders = BINDER_NAMES.join(', ');
  return command
    .addOption(setting('--baseline <binder>', `the strategy to compare with: ${binders}`, readBinder))
    .addOption(setting('--candidate <binder>', 'the strategy that must not be worse', readBinder))
    .addOption(setting('--scenario <name>', 'this scenario alone', String))
    .addOption(
      setting(
        '--margin <share>',
        'a rise of the failure rate that does not matter, 0 to 1',
        readShare,
      ).default(DEFAULT_MARGIN),
    )
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--strict', 'exit 11 where the verdict is inconclusive'));
}
