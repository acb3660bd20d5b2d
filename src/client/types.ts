// What the client side offers: active mode for basic-ftp, and what one transfer looked like from there.
import type { Endpoint } from '../address.ts';
import type { TransferFailure } from './transfer-failure.ts';

/**
 * Which port the client listens on. `fresh`: a new one each time; `sticky`: the first one kept for the session;
 * `default`: the control connection's own, which RFC 959 §3.2 calls the user-process default data port, so that
 * every transfer has the same 4-tuple; or a number.
 */
export type DataPort = 'fresh' | 'sticky' | 'default' | number;

/** What a caller may say; see `activeMode`. */
export interface ActiveModeOptions {
  /** The address to listen on and to announce; the control connection's own by default. */
  readonly address?: string;
  /** EPRT (RFC 2428) for IPv6, PORT for IPv4 unless asked otherwise. */
  readonly command?: 'PORT' | 'EPRT';
  /**
   * `fresh` unless set. For `default` the control connection must have been given a `localAddress`: without one Node
   * does not bind it, it has no SO_REUSEADDR, and listening on its port fails with `LISTEN_EADDRINUSE`.
   */
  readonly port?: DataPort;
  /** How long the server may take to connect, counted from its transfer command. 30 000 by default, 0 for no limit. */
  readonly acceptTimeoutMs?: number;
  /** Refuse a data connection that does not come from this port; `default` is the control port minus one. */
  readonly expectSourcePort?: number | 'default';
  /** Told of every data connection that was accepted: where the client listened, where it came from. */
  readonly onConnection?: (local: Endpoint, remote: Endpoint) => void;
  /** Told of every address that was announced by PORT or EPRT. */
  readonly onListening?: (local: Endpoint) => void;
  /** Told of every reply to a transfer command, as it arrives. */
  readonly onReply?: (replyCode: number) => void;
}

/** The same, checked and complete: what the code reads. */
export interface FilledActiveModeOptions {
  readonly address: string | undefined;
  readonly command: 'PORT' | 'EPRT' | undefined;
  readonly port: DataPort;
  readonly acceptTimeoutMs: number;
  readonly expectSourcePort: number | 'default' | undefined;
  readonly onConnection: (local: Endpoint, remote: Endpoint) => void;
  readonly onListening: (local: Endpoint) => void;
  readonly onReply: (replyCode: number) => void;
}

export interface SessionOptions {
  /** The server's control address. */
  readonly server: Endpoint;
  /** The session's own address: both its connections have this end (an IP literal). */
  readonly localAddress: string;
  readonly user: string;
  readonly password: string;
  /** Patience with one step: the login's replies, the data connection, the next byte, the last reply. */
  readonly timeoutMs: number;
  readonly activeMode?: ActiveModeOptions;
  /** Closes the session at once; what is running is reported as `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface TransferRequest {
  readonly direction: 'retr' | 'stor' | 'list';
  /** Path on the server. */
  readonly path: string;
  /** The bytes of a `stor`; none unless given. */
  readonly content?: Buffer;
}

/** One transfer as the client saw it. Times are `Clock.nowMs()`. */
export interface TransferReport {
  readonly command: 'RETR' | 'STOR' | 'LIST';
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Bytes received; on STOR the bytes handed to the data connection. */
  readonly bytes: number;
  /** SHA-1 of these bytes, in hex. */
  readonly hash: string;
  /** The last reply that was no 1xx: of the transfer command, or of the PORT before it. */
  readonly replyCode: number | undefined;
  /** Where the client listened. */
  readonly local: Endpoint | undefined;
  /** Where the data connection came from, when one came; also one that was refused for it (`wrong-source`). */
  readonly remote: Endpoint | undefined;
  /** Undefined when the server reported the transfer as complete. */
  readonly error: TransferFailure | undefined;
}

/** One logged-in control connection that runs one transfer at a time. */
export interface ClientSession {
  /** The control connection's own end. */
  readonly local: Endpoint;
  /** False once the control connection is gone, for whatever reason: open another session. */
  readonly usable: boolean;
  /**
   * Runs one transfer and never rejects for one that failed: what went wrong is in the report.
   * @throws UsageError for options that cannot work, such as PORT on IPv6, and while another transfer runs
   */
  transfer(request: TransferRequest): Promise<TransferReport>;
  /** Sends QUIT and closes both connections. Safe to call at any time. */
  close(): void;
}
