// The flags of `report`.
import type { Command } from 'commander';
import { oneOf, setting } from './flags.ts';
import type { OutputFlags } from './output.ts';

const FORMATS = ['text', 'md', 'csv', 'json'] as const;

export interface ReportFlags extends OutputFlags {
  readonly format: (typeof FORMATS)[number];
}

export function addReportFlags(command: Command): Command {
  return command.addOption(
    setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'),
  );
}
