// What a user wrote, shown in a message: in quotes, on one line, and no longer than it takes to find it again.

const MOST_CHARACTERS = 60;

/** `'reuse-prot'`; of a long text the beginning and its length. */
export function quoted(value: unknown): string {
  const text = printable(String(value));
  if (text.length <= MOST_CHARACTERS) return `'${text}'`;
  return `'${text.slice(0, MOST_CHARACTERS - 10)}…' (${text.length} characters)`;
}

/** Nothing in it ends the line, or is an order to a terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** A whole message: on one line, with each quote in it, and the message itself, cut to what can be read. */
export function inOneLine(message: string): string {
  const line = printable(message).replace(LONG_QUOTE, (_, text: string) => quoted(text));
  if (line.length <= MOST_OF_A_LINE) return line;
  return `${line.slice(0, MOST_OF_A_LINE / 2)} … ${line.slice(-MOST_OF_A_LINE / 4)}`;
}

const LONG_QUOTE = /'([^']{120,})'/g;
const MOST_OF_A_LINE = 1000;
