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
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const HALF_A_YEAR_MS = 182 * DAY_MS;

/** A line is made for every entry of every listing: what can be known before is made once. */
const PERMISSIONS = Array.from({ length: 0o1000 }, (_, mode) =>
  [...'rwxrwxrwx'].map((letter, bit) => ((mode >> (8 - bit)) & 1 ? letter : '-')).join(''),
);
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const TYPE_LETTERS = { file: '-', directory: 'd', link: 'l', other: '-' };

/** `-rw-r--r--   1 ftp      ftp            1024 Nov 23 00:51 name`; times in UTC, as there is no other agreed zone. */
export function formatListLine(name: string, facts: Omit<ListEntry, 'name'>, nowMs: number): string {
  const { type, mode, sizeBytes, modifiedAtMs } = facts;
  // Owner and group are not told: who owns a file on this machine is nobody's business on the network.
  const size = String(sizeBytes).padStart(12);
  return `${TYPE_LETTERS[type]}${PERMISSIONS[mode & 0o777]}   1 ftp      ftp  ${size} ${formatTime(modifiedAtMs, nowMs)} ${printable(name)}`;
}

/** NLST: a name that a client can use in its next command as it is (RFC 1123 §4.1.2.7): with the folder before. */
export function formatName(name: string, folder: string): string {
  return printable(folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`);
}

/** The path in `LIST -al folder`: clients pass options of ls(1) that no RFC knows, and every server drops them. */
export function listingPath(argument: string): string {
  return argument.replace(/^(?:-[A-Za-z0-9]+(?: +|$))+/, '');
}

/** Hour and minute for the last half year, the year for what is older or in the future: as ls(1) does. */
function formatTime(modifiedAtMs: number, nowMs: number): string {
  const { date, year } = dayOf(Math.floor(modifiedAtMs / DAY_MS));
  const age = nowMs - modifiedAtMs;
  if (age < -MINUTE_MS || age >= HALF_A_YEAR_MS) return `${date} ${year}`;
  const minutes = Math.floor(modifiedAtMs / MINUTE_MS) % (24 * 60);
  return `${date} ${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}`;
}

interface Day {
  /** `Nov  3`. */
  readonly date: string;
  /** ` 2026`. */
  readonly year: string;
}

/** The files of a folder are of few days. */
const days = new Map<number, Day>();
const MOST_DAYS = 1000;

function dayOf(sinceEpoch: number): Day {
  const known = days.get(sinceEpoch);
  if (known !== undefined) return known;
  const time = new Date(sinceEpoch * DAY_MS);
  const day = {
    date: `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)}`,
    year: String(time.getUTCFullYear()).padStart(5),
  };
  if (days.size >= MOST_DAYS) days.clear();
  days.set(sinceEpoch, day);
  return day;
}

/** A line break would forge an entry of its own, and no command can name it; every other byte stays what it is. */
export function printable(name: string): string {
  return UNPRINTABLE.test(name) ? name.replace(new RegExp(UNPRINTABLE, 'g'), '?') : name;
}

const UNPRINTABLE = /[\r\n\0]|[^\0-\xff]/;
