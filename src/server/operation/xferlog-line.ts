// A transfer of a file as a line of xferlog(5), in which wu-ftpd, ProFTPD and vsftpd tell of theirs.
import type { DataConnectionRecord } from '../data/record.ts';
import { isAnonymous } from '../users/login.ts';

const FILE_COMMANDS: readonly string[] = ['RETR', 'STOR', 'APPE', 'STOU'];

/** With its line feed; undefined for a listing, and for what never had a data connection. @param endedAt in local time */
export function xferlogLine(record: DataConnectionRecord, endedAt: Date): string | undefined {
  const { command, outcome, transferMs, peer, bytes, path, type, direction, user } = record;
  if (!FILE_COMMANDS.includes(command)) return undefined;
  if (outcome.kind !== 'completed' && outcome.phase !== 'transfer') return undefined;
  const fields = [
    ctime(endedAt),
    Math.max(1, Math.round(transferMs / 1000)), // as wu-ftpd and vsftpd: nothing takes no time
    peer.address,
    bytes,
    oneWord(path),
    type === 'A' ? 'a' : 'b',
    '_', // neither compressed nor packed
    direction === 'in' ? 'i' : 'o',
    isAnonymous(user) ? 'a' : 'r',
    oneWord(user),
    'ftp',
    '0', // no RFC 931 authentication, and so
    '*', // no user by it
    outcome.kind === 'completed' ? 'c' : 'i',
  ];
  return `${fields.join(' ')}\n`;
}

/** Readers of this format split it at white space. */
function oneWord(text: string): string {
  return text === '' ? '_' : text.replace(/[\s\p{C}]/gu, '_');
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri Nov  7 02:11:54 2026`: the day of the month in two columns. */
function ctime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${time} ${date.getFullYear()}`;
}
