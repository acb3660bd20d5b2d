// The flags of `report`.
import type { Command } from 'commander';
import { oneOf, setting } from './flags.ts';
import type { OutputFlags } from './output.ts';
import { addResultFlags, type ResultFlags } from './result-flags.ts';

const FORMATS = ['text', 'md', 'csv', 'json', 'openmetrics'] as const;

export interface ReportFlags extends OutputFlags, ResultFlags {
  readonly format: (typeof FORMATS)[number];
}

export function addReportFlags(command: Command): Command {
  return addResultFlags(
    command.addOption(
      setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'),
    ),
  );
}
