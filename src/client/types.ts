// What a session of the client offers, and what one transfer looked like from there.
import type { Endpoint } from '../address.ts';
import type { ActiveModeOptions } from './options.ts';
import type { TransferFailure } from './transfer-failure.ts';

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
  /** `explicit`: AUTH TLS before the login, and PROT P. Nobody's certificate is checked. basic-ftp's alone has it. */
  readonly tls?: 'off' | 'explicit';
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
