// A command that is refused: thrown by whoever finds out, turned into the reply in one place.

/** `message` is the text of the reply, for the person at the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly replyCode: number;
  /** Whether a record of it is published already. */
  told = false;
  constructor(replyCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.replyCode = replyCode;
  }
}

/**
 * To replace a file is to take away what was there. vsftpd (anon_other_write_enable) and ProFTPD (AllowOverwrite) do not
 * let it pass with the right to upload alone, either.
 */
export function mayNotReplace(): Refusal {
  return new Refusal(550, 'Permission denied: no right to replace what is there (delete).');
}

/** RFC 1123 §4.1.3.4: the reply to a transfer whose REST cannot be. */
export function beyondTheEnd(startBytes: number, sizeBytes: number): Refusal {
  return new Refusal(554, `Restart at ${startBytes} is beyond the end, ${sizeBytes}.`);
}

/** Words as a reply begins. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
