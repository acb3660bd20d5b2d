// What the first 220 says: the server's own words, or an operator's.
import { UsageError } from '../errors.ts';

const GREETING = 'port20 FTP server ready.';

/** Everyone who connects gets it, logged in or not: a page of text, and no more. */
const MOST_BYTES = 4096;

/** C0 and C1 but for the tab: a terminal obeys them. */
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

/**
 * The lines of the greeting, as byte strings of UTF-8.
 * @param banner lines that end with LF or CRLF; undefined for the server's own. @throws UsageError
 */
export function greetingOf(banner: string | undefined): readonly string[] {
  if (banner === undefined) return [GREETING];
  const text = banner.replace(/\r\n/g, '\n').trimEnd();
  if (text === '') throw new UsageError('banner must have some text: leave it out for the usual greeting');
  const bytes = Buffer.from(text);
  if (bytes.length > MOST_BYTES) {
    throw new UsageError(`banner must be at most ${MOST_BYTES} bytes`);
  }
  const control = CONTROL.exec(text)?.[0];
  if (control !== undefined) {
    const code = control.charCodeAt(0).toString(16).padStart(2, '0');
    throw new UsageError(`banner must have no control characters, not \\x${code}`);
  }
  return bytes.toString('latin1').split('\n');
}
