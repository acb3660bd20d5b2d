// The words of TLS settings.

/** `require`: nobody logs in, and nothing is moved, without TLS; `allow`: who asks for it has it; `off`: nobody has it. */
export const TLS_POLICIES = ['require', 'allow', 'off'] as const;
export type TlsPolicy = (typeof TLS_POLICIES)[number];

/** Whether a data connection must resume a TLS session of its own control connection, or is told apart only, or neither. */
export const TLS_REUSES = ['require', 'log', 'off'] as const;
export type TlsReuse = (typeof TLS_REUSES)[number];

/** What an upload is whose TLS connection ends by a bare FIN, without close_notify: cut short, or whole. */
export const BARE_FINS = ['refuse', 'accept'] as const;
export type BareFin = (typeof BARE_FINS)[number];

/** A certificate, with those between it and its authority behind it, and its key: PEM. */
export interface TlsPem {
  readonly cert: string;
  readonly key: string;
}

/** What was agreed upon for one data connection. */
export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** Whether it resumed a session of its own control connection; undefined where nobody asked. */
  readonly resumed?: boolean;
}
