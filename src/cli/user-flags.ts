// The flags of `user`.
import type { Command } from 'commander';
import { RIGHTS, type Right } from '../server/users/user.ts';
import { readRate, readRights } from '../server/users/users-file.ts';
import { parseBytes } from '../units.ts';
import { ownFlag, readCount, readPath, setting, toggle } from './flags.ts';
import type { OutputFlags } from './output.ts';

/** Commander makes '' of null. */
export type Limit = number | 'none';

export interface UserFlags extends OutputFlags {
  readonly users?: string;
  readonly root?: string;
  readonly readOnly?: boolean;
  readonly deny?: readonly Right[];
  readonly maxSessions?: Limit;
  readonly rate?: Limit;
  readonly quota?: Limit;
  readonly passwordFile?: string;
  readonly change?: boolean;
  readonly json?: boolean;
}

function limit(read: (text: string) => number): (text: string) => Limit {
  return (text) => (text === 'none' ? text : read(text));
}

export function addUserFlags(command: Command): Command {
  return command
    .addOption(setting('--users <file>', 'the users file, which serve has by the same flag', readPath))
    .addOption(ownFlag('--root <dir>', "add: the user's folder, absolute or in the server's root", readPath))
    .addOption(ownFlag('--read-only', 'add: may change nothing'))
    .addOption(
      ownFlag(
        '--deny <rights>',
        `add: may not do these: ${RIGHTS.join(',')}; or none of them, for all rights`,
        (text: string) => (text === 'none' ? [] : readRights(text)),
      ),
    )
    .addOption(
      ownFlag('--max-sessions <n>', 'add: sessions at once, or none for no limit', limit(readCount(1))),
    )
    .addOption(
      ownFlag('--rate <size>', 'add: bytes a second each way, such as 1MiB, or none', limit(readRate)),
    )
    .addOption(
      ownFlag('--quota <size>', 'add: what its folder may hold, such as 10GiB, or none', limit(parseBytes)),
    )
    .addOption(
      ownFlag(
        '--password-file <file>',
        'add: the password, instead of PORT20_PASSWORD, a question on the terminal, or standard input',
        readPath,
      ),
    )
    .addOption(
      ownFlag('--change', 'add: change a user that exists: its password, or what the other flags say'),
    )
    .addOption(toggle('--json', 'list: as JSON'));
}
