// Command lines as they arrive on the control connection (RFC 959 §5.3): Telnet taken out, verb and argument apart.

/**
 * `verb` is upper-cased; `argument` is everything behind the first space, verbatim, or '' when there is none. It is a byte
 * string, one character for each byte that came: `Buffer.from(argument, 'latin1')` are the bytes, and what is to be read
 * as text is decoded from them.
 */
export interface Command {
  readonly verb: string;
  readonly argument: string;
}

/** Splits one line that has lost its CRLF. Never throws: an unknown or empty verb is for the caller to refuse. */
export function parseCommand(line: string): Command {
  const space = line.indexOf(' ');
  if (space === -1) return { verb: line.toUpperCase(), argument: '' };
  // One space is the separator; a second one belongs to the argument: file names may begin with a space.
  return { verb: line.slice(0, space).toUpperCase(), argument: line.slice(space + 1) };
}

/**
 * Whether it holds a CR or a NUL. No name does that a person typed: what is behind it may be a second command that a
 * proxy on the way took for part of the first, so the server refuses all of it.
 */
export function hasControlBreak({ verb, argument }: Command): boolean {
  return /[\r\0]/.test(verb) || /[\r\0]/.test(argument);
}

const IAC = 255;
const DM = 242;
const FIRST_COMMAND = 240;
const FIRST_NEGOTIATION = 251;
const LAST_NEGOTIATION = 254;

/**
 * RFC 959 §4.1.3: before ABOR a client sends the Telnet "Interrupt Process" and "Synch" signals, of which IAC IP and
 * a lone DM (the IAC before it travels as urgent data) reach the stream. They are no part of the command.
 */
export function withoutTelnet(line: Buffer): Buffer {
  // Every command is read through here and hardly any has Telnet in it; 0xFF and 0xF2 never begin a verb.
  if (line[0] !== DM && !line.includes(IAC)) return line;
  const kept: number[] = [];
  for (let at = 0; at < line.length; at++) {
    const byte = line[at] ?? 0;
    if (byte === IAC) at += telnetOperandBytes(line[at + 1], kept);
    else if (byte !== DM || kept.length > 0) kept.push(byte);
  }
  return Buffer.from(kept);
}

/** How many bytes belong to the IAC before; IAC IAC stands for one byte of data (RFC 854). */
function telnetOperandBytes(operation: number | undefined, kept: number[]): number {
  if (operation === IAC) {
    kept.push(IAC);
    return 1;
  }
  if (kept.length > 0) {
    // Signals come before a verb, never within a line: here it is a byte of a name, which hardly any client doubles.
    kept.push(IAC);
    return 0;
  }
  if (operation !== undefined && operation >= FIRST_NEGOTIATION && operation <= LAST_NEGOTIATION) return 2;
  // Any lower one is the next command's first byte: the DM of this IAC was separated from it.
  return operation !== undefined && operation >= FIRST_COMMAND ? 1 : 0;
}
