// The arguments of TYPE, ALLO, REST and SITE CHMOD, read to the letter.

/** How bytes travel: as they are on disk, or as lines that end in CRLF. */
export type TransferType = 'ascii' | 'image';

/** `A`, `A N`, `I` and `L 8`; undefined for everything else that RFC 959 §3.1.1 has, and for what it has not. */
export function parseType(argument: string): TransferType | undefined {
  const text = argument.trim();
  if (/^A(?: +N)?$/i.test(text)) return 'ascii';
  // RFC 1123 §4.1.2.1: TYPE L 8 on a machine of 8-bit bytes is TYPE I.
  return /^(?:I|L *8)$/i.test(text) ? 'image' : undefined;
}

/** `123` or `123 R 456` (RFC 959 §5.3.2). */
export function isAllocation(argument: string): boolean {
  return /^\d+(?: +R +\d+)?$/i.test(argument.trim());
}

/** A number of bytes that a number can hold; undefined for anything else. */
export function parseByteCount(argument: string): number | undefined {
  return /^\d{1,15}$/.test(argument.trim()) ? Number(argument) : undefined;
}

/** `644 a name`: the nine permission bits in octal, then a path; undefined for anything else, set-user-ID among it. */
export function parseChmod(argument: string): { readonly mode: number; readonly path: string } | undefined {
  const [, octal, path] = /^0{0,2}([0-7]{3}) (.+)$/s.exec(argument.trimStart()) ?? [];
  return octal === undefined || path === undefined ? undefined : { mode: Number.parseInt(octal, 8), path };
}
