// From what a user says to what the code reads: defaults, and one clear line for a setting that cannot be.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/binders.ts';
import { waitsOf } from '../binder/retry.ts';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { MAX_TIMER_MS } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { FILE_CALLS, type FileCallsSetting } from '../net/disk-patience.ts';
import { LINKS, type Links } from '../net/tree/types.ts';
import { checkListenAddresses, meets } from './control/listeners.ts';
import { ACTIVE_ADDRESSES, type ActiveAddress } from './data/active-address.ts';
import { formatPortRange, type PortRange } from './data/passive-ports.ts';
import { checkToldAddress } from './data/told-address.ts';
import { dataPortOf } from './data-port.ts';
import { greetingOf } from './greeting.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';
import { checkTls } from './tls/check.ts';

/** At three descriptors each (control, data, file) well within 4096, a common hard limit, to which Node raises its own. */
const MAX_SESSIONS = 1000;
/** FileZilla opens up to ten for one user: below that a limit would refuse clients that do no harm. */
const LEAST_PER_ADDRESS = 10;
/** Clients log in at once; a program does so within a second, a person at a keyboard within a minute. */
const LOGIN_TIMEOUT_MS = 60_000;
/** RFC 1123 §4.1.3.2: "the default should be at least 5 minutes". */
const IDLE_TIMEOUT_MS = 15 * 60_000;
/** RFC 2577 §5 suggests 5 s; with the limits on attempts and sessions one address is slow enough, and a person need not wait. */
const LOGIN_DELAY_MS = 1000;
/** Within the 3 to 5 of RFC 2577 §5. */
const MAX_LOGIN_ATTEMPTS = 3;
const KEEP_PART_MS = 3_600_000;
/** Before clients give up: WinSCP does so after 15 s, FileZilla after 20; then they learn the reason. */
const CONNECT_TIMEOUT_MS = 10_000;
const ACCEPT_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 300_000;
const LOWEST_PASSIVE_PORT = 1024;

/** @throws UsageError that names the setting, its value and the way out */
export function fillOptions(options: ServerOptions): FilledServerOptions {
  const binder = knownBinder(options.binder ?? 'reuse-port');
  const maxSessions = options.maxSessions ?? MAX_SESSIONS;
  const filled: FilledServerOptions = {
    listen: listenOf(options),
    root: resolve(options.root ?? '.'),
    links: knownLinks(options.links ?? 'inside'),
    binder,
    retry: options.retry ?? STRATEGIES[binder].defaultRetry,
    timeUnitMs: options.timeUnitMs ?? 1000,
    dataPort: options.dataPort,
    bindToConnectMs: options.bindToConnectMs ?? 0,
    authenticate: options.authenticate,
    usersFile: options.usersFile,
    anonymous: options.anonymous ?? (options.usersFile === undefined && options.authenticate === undefined),
    write: options.write ?? false,
    keepPartMs: options.keepPartMs ?? KEEP_PART_MS,
    syncUploads: options.syncUploads ?? false,
    fileCalls: knownFileCalls(options.fileCalls ?? 'auto'),
    umask: options.umask,
    greeting: greetingOf(options.banner),
    maxSessions,
    // One address is often a whole office behind NAT, so not less; a quarter leaves room for others, whatever it does.
    maxSessionsPerAddress:
      options.maxSessionsPerAddress ?? Math.max(LEAST_PER_ADDRESS, Math.floor(maxSessions / 4)),
    maxBytesPerSecond: options.maxBytesPerSecond,
    idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    loginTimeoutMs: options.loginTimeoutMs ?? LOGIN_TIMEOUT_MS,
    loginDelayMs: options.loginDelayMs ?? LOGIN_DELAY_MS,
    maxLoginAttempts: options.maxLoginAttempts ?? MAX_LOGIN_ATTEMPTS,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    acceptTimeoutMs: options.acceptTimeoutMs ?? ACCEPT_TIMEOUT_MS,
    passivePorts: options.passivePorts,
    activeAddress: knownActiveAddress(options.activeAddress ?? 'refuse'),
    passiveAddress: options.passiveAddress,
    connectRetry: options.connectRetry ?? 'none',
    stallTimeoutMs: options.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    lingerMs: options.lingerMs ?? 0,
    tls: options.tls ?? (hasCertificate(options) ? 'allow' : 'off'),
    tlsCertFile: options.tlsCertFile,
    tlsKeyFile: options.tlsKeyFile,
    tlsPem: options.tlsPem,
    implicitTlsPorts: options.implicitTlsPorts ?? [],
    tlsReuse: options.tlsReuse ?? 'log',
    tlsBareFin: options.tlsBareFin ?? 'refuse',
    privateFiles: options.privateFiles ?? [],
    log: options.log ?? pino({ level: 'silent' }),
  };
  check(filled);
  return filled;
}

/** @throws UsageError when both ways to say it are used */
function listenOf({ listen, host, port }: ServerOptions): readonly Endpoint[] {
  if (listen === undefined) return [{ address: host ?? '127.0.0.1', port: port ?? 2121 }];
  if (host === undefined && port === undefined) return listen;
  throw new UsageError('listen stands in place of host and port: set the one or the other');
}

function check(options: FilledServerOptions): void {
  for (const { address } of options.listen) checkHost(address);
  checkLogins(options);
  checkPorts(options);
  checkListenAddresses(options.listen);
  checkPassive(options);
  checkUmask(options.umask);
  checkCounts(options);
  checkRate(options);
  waitsOf(options.retry, options.timeUnitMs);
  waitsOf(options.connectRetry, options.timeUnitMs);
  checkTimes(options);
  checkTls(options);
}

function hasCertificate({ tlsCertFile, tlsKeyFile, tlsPem }: ServerOptions): boolean {
  return [tlsCertFile, tlsKeyFile, tlsPem].some((one) => one !== undefined);
}

function checkHost(host: string): void {
  if (isIP(host) === 0)
    throw new UsageError(`host must be an IP address such as 127.0.0.1 or ::1, not '${host}'`);
  if (host.includes('%')) {
    // The binders have no sin6_scope_id (RFC 4007): bind(2) of a link-local address would fail on every transfer.
    throw new UsageError(
      `host must be an address without a zone, not '${host}': use a global address or ::1`,
    );
  }
}

/** A setting that would have no effect is a mistake of its user's. */
function checkLogins({ authenticate, usersFile, anonymous, write }: FilledServerOptions): void {
  if (authenticate !== undefined && (usersFile !== undefined || anonymous)) {
    const other = usersFile === undefined ? 'anonymous' : 'usersFile';
    throw new UsageError(`authenticate decides on every login: leave out ${other}`);
  }
  if (authenticate === undefined && usersFile === undefined && !anonymous) {
    throw new UsageError('without anonymous users and without a users file nobody could log in');
  }
  if (write && usersFile !== undefined && !anonymous) {
    throw new UsageError(
      'write is about anonymous users, who may not log in beside a users file: say anonymous, too',
    );
  }
}

function checkCounts(options: FilledServerOptions): void {
  for (const name of ['maxSessions', 'maxSessionsPerAddress', 'maxLoginAttempts'] as const) {
    if (Number.isInteger(options[name]) && options[name] > 0) continue;
    throw new UsageError(`${name} must be 1 or more, not '${options[name]}'`);
  }
}

function checkRate({ maxBytesPerSecond }: FilledServerOptions): void {
  if (maxBytesPerSecond === undefined || (maxBytesPerSecond >= 1 && Number.isFinite(maxBytesPerSecond)))
    return;
  throw new UsageError(`maxBytesPerSecond must be 1 or more, not '${maxBytesPerSecond}'`);
}

function checkTimes(options: FilledServerOptions): void {
  for (const name of ['bindToConnectMs', 'lingerMs', 'keepPartMs', 'loginDelayMs'] as const) {
    if (options[name] >= 0 && options[name] <= MAX_TIMER_MS) continue;
    throw new UsageError(`${name} must be 0 to ${MAX_TIMER_MS}, not '${options[name]}'`);
  }
  const timeouts = ['idleTimeoutMs', 'loginTimeoutMs', 'connectTimeoutMs', 'acceptTimeoutMs'] as const;
  for (const name of [...timeouts, 'stallTimeoutMs'] as const) {
    if (options[name] > 0 && options[name] <= MAX_TIMER_MS) continue;
    throw new UsageError(`${name} must be more than 0 and at most ${MAX_TIMER_MS}, not '${options[name]}'`);
  }
}

function checkPorts({ listen, dataPort }: FilledServerOptions): void {
  for (const { port } of listen) {
    if (!isPort(port)) throw new UsageError(`port must be 0 to 65535, not '${port}'`);
    if (port === 1 && dataPort === undefined) {
      throw new UsageError(
        'port 1 leaves no port below it for data connections: set a data port, or another port',
      );
    }
  }
  if (dataPort !== undefined && (!isPort(dataPort) || dataPort === 0)) {
    throw new UsageError(`data port must be 1 to 65535, not '${dataPort}'`);
  }
  for (const data of dataPlaces({ listen, dataPort })) checkDataPlace(data, listen);
}

/** Where active data connections leave from, as far as it is known: the kernel's choice of a port is not. */
export function dataPlaces({
  listen,
  dataPort,
}: Pick<FilledServerOptions, 'listen' | 'dataPort'>): readonly Endpoint[] {
  const known = listen.filter(({ port }) => port !== 0 || dataPort !== undefined);
  return known.map(({ address, port }) => ({ address, port: dataPortOf({ dataPort }, port) }));
}

function checkDataPlace(data: Endpoint, listen: readonly Endpoint[]): void {
  const control = listen.find((one) => meets(one, data));
  if (control === undefined) return;
  if (listen.length === 1)
    throw new UsageError(`data port ${data.port} is the control port as well: choose another one`);
  throw new UsageError(
    `the data port ${formatEndpoint(data)} is listened on as well, by ${formatEndpoint(control)}: set a data port, or listen elsewhere`,
  );
}

function checkPassive({ passivePorts, passiveAddress, listen, dataPort }: FilledServerOptions): void {
  if (passivePorts !== undefined) {
    checkRange(passivePorts);
    const own = [...listen, ...dataPlaces({ listen, dataPort })].map(({ port }) => port);
    const taken = own.find((port) => port >= passivePorts.low && port <= passivePorts.high);
    if (taken !== undefined) {
      throw new UsageError(
        `passive ports ${formatPortRange(passivePorts)} have port ${taken} among them, a control or data port: choose others`,
      );
    }
  }
  checkToldAddress(passiveAddress);
}

/** Below 1024 they would need a privilege, and are services' own. */
function checkRange(range: PortRange): void {
  const { low, high } = range;
  if (isPort(low) && isPort(high) && low >= LOWEST_PASSIVE_PORT && low <= high) return;
  throw new UsageError(
    `passive ports must be a range within ${LOWEST_PASSIVE_PORT}-65535, such as 50000-50999, not '${formatPortRange(range)}'`,
  );
}

function checkUmask(umask: number | undefined): void {
  if (umask === undefined || (Number.isInteger(umask) && umask >= 0 && umask <= 0o777)) return;
  throw new UsageError(`umask must be 0 to 0o777, not '${umask}'`);
}

function knownBinder(name: BinderName): BinderName {
  if (BINDER_NAMES.includes(name)) return name;
  throw new UsageError(`unknown binder '${name}': use ${BINDER_NAMES.join(', ')}`);
}

function knownFileCalls(fileCalls: FileCallsSetting): FileCallsSetting {
  if (FILE_CALLS.includes(fileCalls)) return fileCalls;
  throw new UsageError(`unknown fileCalls '${fileCalls}': use ${FILE_CALLS.join(' or ')}`);
}

function knownActiveAddress(way: ActiveAddress): ActiveAddress {
  if (ACTIVE_ADDRESSES.includes(way)) return way;
  throw new UsageError(`unknown activeAddress '${way}': use ${ACTIVE_ADDRESSES.join(', ')}`);
}

function knownLinks(links: Links): Links {
  if (LINKS.includes(links)) return links;
  throw new UsageError(`unknown links '${links}': use ${LINKS.join(', ')}`);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
