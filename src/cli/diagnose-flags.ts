// The flags of `diagnose`.
import type { Command } from 'commander';
import { readPath, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

export interface DiagnoseFlags extends OutputFlags {
  readonly json?: boolean;
  readonly passwordFile?: string;
  readonly iOwnThisServer?: boolean;
}

export function addDiagnoseFlags(command: Command): Command {
  return command
    .addOption(toggle('--json', 'the findings as JSON'))
    .addOption(
      setting('--password-file <file>', "the server's password, instead of PORT20_PASSWORD", readPath),
    )
    .addOption(toggle('--i-own-this-server', 'for a server that is not on this machine'));
}
