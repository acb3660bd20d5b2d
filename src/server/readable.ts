// Byte strings of clients as text for people: decoded where they are UTF-8, escaped where they would not show what they are.

/** One character of UTF-8 (Unicode 15, table 3-7), or one byte that belongs to none. */
const CHARACTER =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x00-\xff]/g;

/** Shows itself: ASCII without controls and without the backslash. */
const PLAIN = /^[ -[\]-~]*$/;

/** Controls, what turns the text around it (bidi), what has no shape, line and paragraph separators. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * No two byte strings give the same text, and none gives a line break: `\xE9` is a byte that is no UTF-8, or an ASCII
 * control, `\u{202E}` a character that would not be seen, and `\\` a backslash.
 * @param bytes one character for each byte ('latin1')
 */
export function readable(bytes: string): string {
  return PLAIN.test(bytes) ? bytes : bytes.replace(CHARACTER, shown);
}

function shown(character: string): string {
  if (character === '\\') return '\\\\';
  if (character.length === 1) return PLAIN.test(character) ? character : `\\x${hexOf(character)}`;
  const text = Buffer.from(character, 'latin1').toString('utf8');
  return HIDDEN.test(text) ? `\\u{${hexOf(text)}}` : text;
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0');
}
