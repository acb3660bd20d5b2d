// Active mode's options: checked where the caller gives them, complete where the code reads them.
import { isIP } from 'node:net';
import { unmapIPv4 } from '../address.ts';
import { UsageError } from '../errors.ts';
import type { ActiveModeOptions, DataPort, FilledActiveModeOptions } from './types.ts';

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
