// From what a user says to what the code reads: defaults, and one clear line for a setting that cannot be.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { STRATEGIES } from '../binder/binders.ts';
import { waitsOf } from '../binder/retry.ts';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { MAX_TIMER_MS } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { LINKS, type Links } from '../net/tree/types.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';

/** At three descriptors each (control, data, file) well within 4096, a common hard limit, to which Node raises its own. */
const MAX_SESSIONS = 1000;
/** FileZilla opens up to ten for one user: below that a limit would refuse clients that do no harm. */
const LEAST_PER_ADDRESS = 10;
/** Clients log in at once; a program does so within a second, a person at a keyboard within a minute. */
const LOGIN_TIMEOUT_MS = 60_000;
/** RFC 2577 §5 suggests 5 s; with the limits on attempts and sessions one address is slow enough, and a person need not wait. */
const LOGIN_DELAY_MS = 1000;
/** Within the 3 to 5 of RFC 2577 §5. */
const MAX_LOGIN_ATTEMPTS = 3;
const KEEP_PART_MS = 3_600_000;
/** Before clients give up: WinSCP does so after 15 s, FileZilla after 20; then they learn the reason. */
const CONNECT_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 300_000;

/** @throws UsageError that names the setting, its value and the way out */
export function fillOptions(options: ServerOptions): FilledServerOptions {
  const binder = knownBinder(options.binder ?? 'reuse-port');
  const maxSessions = options.maxSessions ?? MAX_SESSIONS;
  const filled: FilledServerOptions = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 2121,
    root: resolve(options.root ?? '.'),
    links: knownLinks(options.links ?? 'inside'),
    binder,
    retry: options.retry ?? STRATEGIES[binder].defaultRetry,
    timeUnitMs: options.timeUnitMs ?? 1000,
    dataPort: options.dataPort,
    bindToConnectMs: options.bindToConnectMs ?? 0,
    authenticate: options.authenticate,
    write: options.write ?? false,
    keepPartMs: options.keepPartMs ?? KEEP_PART_MS,
    syncUploads: options.syncUploads ?? false,
    maxSessions,
    // One address is often a whole office behind NAT, so not less; a quarter leaves room for others, whatever it does.
    maxSessionsPerAddress:
      options.maxSessionsPerAddress ?? Math.max(LEAST_PER_ADDRESS, Math.floor(maxSessions / 4)),
    loginTimeoutMs: options.loginTimeoutMs ?? LOGIN_TIMEOUT_MS,
    loginDelayMs: options.loginDelayMs ?? LOGIN_DELAY_MS,
    maxLoginAttempts: options.maxLoginAttempts ?? MAX_LOGIN_ATTEMPTS,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    connectRetry: options.connectRetry ?? 'none',
    stallTimeoutMs: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    lingerMs: options.lingerMs ?? 0,
    log: options.log ?? pino({ level: 'silent' }),
  };
  check(filled);
  return filled;
}

function check(options: FilledServerOptions): void {
  const { host } = options;
  if (isIP(host) === 0)
    throw new UsageError(`host must be an IP address such as 127.0.0.1 or ::1, not '${host}'`);
  if (host.includes('%')) {
    // The binders have no sin6_scope_id (RFC 4007): bind(2) of a link-local address would fail on every transfer.
    throw new UsageError(
      `host must be an address without a zone, not '${host}': use a global address or ::1`,
    );
  }
  checkPorts(options);
  checkCounts(options);
  waitsOf(options.retry, options.timeUnitMs);
  waitsOf(options.connectRetry, options.timeUnitMs);
  checkTimes(options);
}

function checkCounts(options: FilledServerOptions): void {
  for (const name of ['maxSessions', 'maxSessionsPerAddress', 'maxLoginAttempts'] as const) {
    if (Number.isInteger(options[name]) && options[name] > 0) continue;
    throw new UsageError(`${name} must be 1 or more, not '${options[name]}'`);
  }
}

function checkTimes(options: FilledServerOptions): void {
  for (const name of ['bindToConnectMs', 'lingerMs', 'keepPartMs', 'loginDelayMs'] as const) {
    if (options[name] >= 0 && options[name] <= MAX_TIMER_MS) continue;
    throw new UsageError(`${name} must be 0 to ${MAX_TIMER_MS}, not '${options[name]}'`);
  }
  for (const name of ['loginTimeoutMs', 'connectTimeoutMs', 'stallTimeoutMs'] as const) {
    if (options[name] > 0 && options[name] <= MAX_TIMER_MS) continue;
    throw new UsageError(`${name} must be more than 0 and at most ${MAX_TIMER_MS}, not '${options[name]}'`);
  }
}

function checkPorts({ port, dataPort }: FilledServerOptions): void {
  if (!isPort(port)) throw new UsageError(`port must be 0 to 65535, not '${port}'`);
  if (dataPort === undefined) {
    if (port !== 1) return;
    throw new UsageError(
      'port 1 leaves no port below it for data connections: set a data port, or another port',
    );
  }
  if (!isPort(dataPort) || dataPort === 0) {
    throw new UsageError(`data port must be 1 to 65535, not '${dataPort}'`);
  }
  if (dataPort === port) {
    throw new UsageError(`data port ${dataPort} is the control port as well: choose another one`);
  }
}

function knownBinder(name: BinderName): BinderName {
  if (BINDER_NAMES.includes(name)) return name;
  throw new UsageError(`unknown binder '${name}': use ${BINDER_NAMES.join(', ')}`);
}

function knownLinks(links: Links): Links {
  if (LINKS.includes(links)) return links;
  throw new UsageError(`unknown links '${links}': use ${LINKS.join(', ')}`);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
