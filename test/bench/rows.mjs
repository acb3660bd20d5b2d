// What is measured: each row a load, what one of it moves, and where a folder to serve has what it needs.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const ENTRIES = 1000;

export const ROWS = {
  'RETR of 10 bytes, 16 sessions': { ...retr('tiny', 10, 16), fresh: true },
  'STOR of 10 bytes, 16 sessions': stor(10, 16),
  'LIST of 1 000 entries, 8 sessions': { ...retr('', null, 8), command: 'LIST thousand\r\n' },
  'RETR of 64 KiB, 1 session': retr('64KiB', 64 * 1024, 1),
  'RETR of 64 KiB, 4 sessions': retr('64KiB', 64 * 1024, 4),
  'STOR of 64 KiB, 1 session': stor(64 * 1024, 1),
  'STOR of 64 KiB, 4 sessions': stor(64 * 1024, 4),
  'RETR of 100 MiB, 1 session': retr('100MiB', 100 * MIB, 1),
  'RETR of 100 MiB, 4 sessions': retr('100MiB', 100 * MIB, 4),
  'STOR of 100 MiB, 1 session': stor(100 * MIB, 1),
  'STOR of 100 MiB, 4 sessions': stor(100 * MIB, 4),
  'login, 4 sessions': { kind: 'login', sessions: 4 },
};

export const SUSTAINED = 'RETR of 10 bytes, 16 sessions';

function retr(name, expectedBytes, sessions) {
  return { kind: 'transfer', command: `RETR ${name}\r\n`, expectedBytes, sessions };
}

/** Each session overwrites a file of its own. */
function stor(bytes, sessions) {
  return { kind: 'transfer', command: 'STOR uploads/SESSION\r\n', bytes, sessions };
}

/** The folder that every server serves, readable for the user that the daemons run as. */
export function furnish(root) {
  chmodSync(root, 0o755);
  writeFileSync(join(root, 'tiny'), '0123456789');
  writeFileSync(join(root, '64KiB'), Buffer.alloc(64 * 1024, 'port20\n'));
  writeFileSync(join(root, '100MiB'), Buffer.alloc(100 * MIB, 'port20\n'));
  mkdirSync(join(root, 'thousand'));
  for (let index = 0; index < ENTRIES; index++) writeFileSync(join(root, 'thousand', `entry-${index}`), '');
  mkdirSync(join(root, 'uploads'));
  chmodSync(join(root, 'uploads'), 0o777);
}
