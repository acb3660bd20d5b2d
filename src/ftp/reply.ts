// Replies of the server-PI (RFC 959 §4.2): a reply code and text, on one line or on several.

const EOL = '\r\n';

/**
 * One reply, ready to be written: `226 Done\r\n`, or for several lines `211-First\r\n …\r\n211 Last\r\n`.
 * Line breaks inside a line become spaces: a file name cannot forge a reply. The text is a byte string, and to be written
 * as one ('latin1'); a character that is no byte becomes `?`, as half of it might be a line break.
 */
export function formatReply(replyCode: number, text: string | readonly string[]): string {
  if (typeof text === 'string') return `${replyCode} ${oneLine(text)}${EOL}`;
  const lines = text.map(oneLine);
  const last = lines.at(-1) ?? '';
  if (lines.length <= 1) return `${replyCode} ${last}${EOL}`;
  const between = lines.slice(1, -1).map((line) => `${padded(line)}${EOL}`);
  return `${replyCode}-${lines[0]}${EOL}${between.join('')}${replyCode} ${last}${EOL}`;
}

const LINE_BREAKS = /[\r\n\0]/g;
const NO_BYTE = /[^\0-\xff]/g;

function oneLine(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(NO_BYTE, '?');
}

/** RFC 959 §4.2: a line in between that begins with a number is indented, or it could pass for the last one. */
function padded(line: string): string {
  return /^\d{3}/.test(line) ? ` ${line}` : line;
}
