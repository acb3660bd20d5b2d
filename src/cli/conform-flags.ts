// The flags of `conform`.
import type { Command } from 'commander';
import { PEER_NAMES, type PeerName } from '../peers/types.ts';
import { listSetting, oneOf, readName, readPath, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

const FORMATS = ['text', 'md', 'json', 'junit'] as const;

export interface ConformFlags extends OutputFlags {
  readonly peer?: PeerName;
  readonly only: readonly string[];
  readonly list?: boolean;
  readonly abuse?: boolean;
  readonly format: (typeof FORMATS)[number];
  readonly json?: boolean;
  readonly passwordFile?: string;
  readonly iOwnThisServer?: boolean;
}

export function addConformFlags(command: Command): Command {
  return command
    .addOption(
      setting(
        '--peer <name>',
        `a daemon of Debian, started for it: ${PEER_NAMES.join(', ')}`,
        oneOf('peer', PEER_NAMES),
      ),
    )
    .addOption(listSetting('--only <case>', 'cases by id, by how the id begins, or by theme', readName, []))
    .addOption(toggle('--list', 'say which cases there are and what each sends, and stop'))
    .addOption(toggle('--abuse', 'run the hostile cases, too: not against a server in use'))
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--json', 'the same as --format json'))
    .addOption(
      setting('--password-file <file>', "the server's password, instead of PORT20_PASSWORD", readPath),
    )
    .addOption(toggle('--i-own-this-server', 'for a server that is not on this machine'));
}
