// Times in commands and facts: `YYYYMMDDHHMMSS[.sss]`, always UTC (RFC 3659 §2.3).

const TIME_VALUE = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/;

/** Milliseconds since 1970; undefined for what is no time, such as the 31st of April. */
export function parseTimeValue(text: string): number | undefined {
  const [all, year, month, day, hour, minute, second, fraction = ''] = TIME_VALUE.exec(text) ?? [];
  if (all === undefined) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${iso}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Date.parse takes 24:00:00 and rolls the 31st of April over.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== iso ? undefined : ms;
}

const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Whole seconds: clients of every age read 14 digits. A file system can hold times that these digits cannot. */
export function formatTimeValue(ms: number): string {
  return new Date(Math.min(Math.max(ms, FIRST_MS), LAST_MS)).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}
