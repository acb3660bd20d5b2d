// Active mode's options: checked where the caller gives them, complete where the code reads them.
import { isIP } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../address.ts';
import { UsageError } from '../errors.ts';

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
  /**
   * EPRT (RFC 2428) for IPv6, PORT for IPv4 unless asked otherwise. A server that does not know EPRT is told an IPv4
   * address by PORT, at once and from then on.
   */
  readonly command?: 'PORT' | 'EPRT';
  /**
   * `fresh` unless set. For `default` the control connection must have been given a `localAddress`: without one Node
   * does not bind it, it has no SO_REUSEADDR, and listening on its port fails with EADDRINUSE.
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

const PORT_CHOICES: readonly DataPort[] = ['fresh', 'sticky', 'default'];
const DEFAULT_ACCEPT_TIMEOUT_MS = 30_000;
/** The longest that setTimeout can wait; beyond it Node fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws UsageError naming the option, its value and what it may be */
export function fillOptions(options: ActiveModeOptions): FilledActiveModeOptions {
  const { command, port = 'fresh', expectSourcePort } = options;
  const address = options.address === undefined ? undefined : unmapIPv4(options.address);
  const { acceptTimeoutMs = DEFAULT_ACCEPT_TIMEOUT_MS } = options;
  if (address !== undefined && isIP(address) === 0) reject('address', address, 'an IP address');
  if (command !== undefined && command !== 'PORT' && command !== 'EPRT')
    reject('command', command, 'PORT or EPRT');
  if (!PORT_CHOICES.includes(port)) requirePort('port', port, "'fresh', 'sticky', 'default' or ");
  if (expectSourcePort !== undefined && expectSourcePort !== 'default') {
    requirePort('expectSourcePort', expectSourcePort, "'default' or ");
  }
  if (!(acceptTimeoutMs >= 0 && acceptTimeoutMs <= LONGEST_TIMEOUT_MS)) {
    reject('acceptTimeoutMs', acceptTimeoutMs, `0 (no limit) to ${LONGEST_TIMEOUT_MS}`);
  }
  const { onConnection = ignore, onListening = ignore, onReply = ignore } = options;
  return { address, command, port, acceptTimeoutMs, expectSourcePort, onConnection, onListening, onReply };
}

function requirePort(option: string, port: unknown, orElse: string): void {
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535;
  if (!isPort) reject(option, port, `${orElse}1 to 65535`);
}

function reject(option: string, value: unknown, allowed: string): never {
  throw new UsageError(`active mode: ${option} is ${String(value)}; it must be ${allowed}`);
}

function ignore(): void {}
