// Directory listings: LIST in the form of `ls -l`, NLST as bare names.

/** One file or folder as a listing shows it. */
export interface ListEntry {
  /** A byte string: one character for each byte, as it is on the disk. What is made of it is one, too. */
  readonly name: string;
  /** `link` is one that leads nowhere; any other is what it leads to. */
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, as in stat(2). */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_A_YEAR_MS = 182 * 24 * 60 * 60 * 1000;

/** `-rw-r--r--   1 ftp      ftp            1024 Nov 23 00:51 name`; times in UTC, as there is no other agreed zone. */
export function formatListLine(entry: ListEntry, nowMs: number): string {
  const { type, mode, sizeBytes, modifiedAtMs, name } = entry;
  // Owner and group are not told: who owns a file on this machine is nobody's business on the network.
  const size = String(sizeBytes).padStart(12);
  return `${typeLetter(type)}${permissions(mode)}   1 ftp      ftp  ${size} ${formatTime(modifiedAtMs, nowMs)} ${printable(name)}`;
}

/** NLST: a name that a client can use in its next command as it is (RFC 1123 §4.1.2.7): with the folder before. */
export function formatName(name: string, folder: string): string {
  return printable(folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`);
}

/** The path in `LIST -al folder`: clients pass options of ls(1) that no RFC knows, and every server drops them. */
export function listingPath(argument: string): string {
  return argument.replace(/^(?:-[A-Za-z0-9]+(?: +|$))+/, '');
}

function typeLetter(type: ListEntry['type']): string {
  return { file: '-', directory: 'd', link: 'l', other: '-' }[type];
}

function permissions(mode: number): string {
  return [...'rwxrwxrwx'].map((letter, bit) => ((mode >> (8 - bit)) & 1 ? letter : '-')).join('');
}

/** Hour and minute for the last half year, the year for what is older or in the future: as ls(1) does. */
function formatTime(modifiedAtMs: number, nowMs: number): string {
  const time = new Date(modifiedAtMs);
  const age = nowMs - modifiedAtMs;
  const day = `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)}`;
  const recent = age >= -60_000 && age < HALF_A_YEAR_MS;
  return `${day} ${recent ? time.toISOString().slice(11, 16) : String(time.getUTCFullYear()).padStart(5)}`;
}

/** A line break would forge an entry of its own, and no command can name it; every other byte stays what it is. */
export function printable(name: string): string {
  return name.replace(/[\r\n\0]|[^\0-\xff]/g, '?');
}
