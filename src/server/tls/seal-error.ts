// Why a data connection could not be sealed, or was not to be trusted: what the client hears, and a code for the log.

export type SealCode = 'TLS_HANDSHAKE' | 'TLS_TIMEOUT' | 'TLS_NOT_RESUMED' | 'TLS_TRUNCATED';

/** RFC 4217 §10: 522 is for a TLS negotiation that failed; a connection that was up and broke is 426. */
const REPLY_CODES: Readonly<Record<SealCode, number>> = {
  TLS_HANDSHAKE: 522,
  TLS_TIMEOUT: 522,
  TLS_NOT_RESUMED: 522,
  TLS_TRUNCATED: 426,
};

/** `message` is the text of the reply. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly code: SealCode;
  constructor(code: SealCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get replyCode(): number {
    return REPLY_CODES[this.code];
  }
}
