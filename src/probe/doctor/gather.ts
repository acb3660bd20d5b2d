// The facts of the doctor, gathered in one place: from /proc, from the socket table, and by trial binds.
import { existsSync, readFileSync } from 'node:fs';
import { platform, release } from 'node:os';
import type { Endpoint } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { Descriptor } from '../../net/descriptor.ts';
import { ffiAvailable, libc } from '../../net/libc.ts';
import { readDescriptorLimit, readSysctl, readTcpCounter, readTimeWaitCount } from '../../net/proc.ts';
import { socketsAt } from '../../net/sock-diag.ts';
import { BIND_OPTIONS } from '../bind-options.ts';
import { type BindTrial, tryBinds } from '../cost/fast-path.ts';
import { OPTION_SETS, type OptionSet } from '../types.ts';
import type { Conntrack, Container, Facts, Intention } from './facts.ts';
import { portUsers } from './port-users.ts';

/** capabilities(7): may bind ports below ip_unprivileged_port_start. */
const CAP_NET_BIND_SERVICE = 10n;
/** Within the 1 024 descriptors that a process has by default. */
const TRIAL_SOCKETS = 800;

/** All but the trial of many binds, which takes longer than whoever starts a server should wait. */
export function gatherFacts(intention: Intention): Omit<Facts, 'bindTrial'> {
  const { host: address, controlPort, dataPort } = intention;
  const data = { address, port: dataPort };
  return {
    ...intention,
    ...platformFacts(),
    ...portSettings(),
    ...timeWaitFacts(),
    // Before the trial binds: our own sockets are nobody's news.
    controlPortListeners:
      portUsers({ address, port: controlPort })?.filter(({ state }) => state === 'LISTEN') ?? null,
    dataPortUsers: portUsers(data),
    dataPortBinds: ffiAvailable() ? trialBinds(data) : null,
    descriptorLimit: readDescriptorLimit(),
    acceptQueueLimit: numberOf('net.core.somaxconn'),
    conntrack: readConntrack(),
    container: readContainer(),
  };
}

function platformFacts(): Pick<
  Facts,
  'platform' | 'kernel' | 'nodeVersion' | 'ffiProblem' | 'socketDiag' | 'mayBindPrivileged'
> {
  return {
    platform: platform(),
    kernel: release(),
    nodeVersion: process.version,
    ffiProblem: ffiProblem(),
    socketDiag: socketDiagWorks(),
    mayBindPrivileged: mayBindPrivileged(),
  };
}

/** Why the FFI cannot be used here; null when it can. */
export function ffiProblem(): string | null {
  try {
    libc();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function socketDiagWorks(): boolean {
  try {
    socketsAt({ address: '127.0.0.1', port: 1 }, ['LISTEN']);
    return true;
  } catch {
    return false;
  }
}

/** The capability where Linux tells it, for root may have lost it and others may have been given it. */
export function mayBindPrivileged(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(textOf('/proc/self/status'))?.[1];
  if (effective === undefined) return process.geteuid?.() === 0;
  return ((BigInt(`0x${effective}`) >> CAP_NET_BIND_SERVICE) & 1n) === 1n;
}

function portSettings(): Pick<Facts, 'ephemeralRange' | 'reservedPorts' | 'unprivilegedPortStart'> {
  const [low, high] = readSysctl('net.ipv4.ip_local_port_range')?.split(' ').map(Number) ?? [];
  return {
    ephemeralRange: low === undefined || high === undefined ? null : [low, high],
    reservedPorts: parsePortRanges(readSysctl('net.ipv4.ip_local_reserved_ports') ?? ''),
    unprivilegedPortStart: numberOf('net.ipv4.ip_unprivileged_port_start'),
  };
}

/** `2120,2200-2210`, as in ip_local_reserved_ports. */
export function parsePortRanges(text: string): [number, number][] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, low, high]) => [Number(low), Number(high ?? low)]);
}

function timeWaitFacts(): Pick<
  Facts,
  'timeWaitCount' | 'timeWaitLimit' | 'timeWaitOverflows' | 'timestamps' | 'timeWaitReuse'
> {
  return {
    timeWaitCount: readTimeWaitCount(),
    timeWaitLimit: numberOf('net.ipv4.tcp_max_tw_buckets'),
    timeWaitOverflows: readTcpCounter('TCPTimeWaitOverflow'),
    timestamps: numberOf('net.ipv4.tcp_timestamps'),
    timeWaitReuse: numberOf('net.ipv4.tcp_tw_reuse'),
  };
}

/** Null where it cannot be tried, for want of descriptors among other things. */
export function bindTrial(): BindTrial | null {
  if (platform() !== 'linux' || !ffiAvailable()) return null;
  try {
    return tryBinds(TRIAL_SOCKETS);
  } catch {
    return null;
  }
}

/** Each is closed before the next: they do not meet. */
function trialBinds(local: Endpoint): Record<OptionSet, string> {
  const results = OPTION_SETS.map((options) => [options, trialBind(local, options)] as const);
  return Object.fromEntries(results) as Record<OptionSet, string>;
}

function trialBind(local: Endpoint, options: OptionSet): string {
  try {
    Descriptor.bound(local, BIND_OPTIONS[options]).close();
    return 'ok';
  } catch (error) {
    return errorCodeOf(error);
  }
}

function readConntrack(): Conntrack | null {
  const count = numberOf('net.netfilter.nf_conntrack_count');
  const max = numberOf('net.netfilter.nf_conntrack_max');
  if (count === null || max === null) return null;
  // As a module or built in, the helper has a folder here.
  return { count, max, ftpHelper: existsSync('/sys/module/nf_conntrack_ftp') };
}

function readContainer(): Container | null {
  const kind = containerKind();
  return kind === null ? null : { kind, gateway: parseGateway(textOf('/proc/net/route')) };
}

/** By the files that their makers leave, or by the names of control groups. */
function containerKind(): string | null {
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  const named = /docker|libpod|kubepods|lxc/.exec(textOf('/proc/1/cgroup'))?.[0];
  return named === undefined ? null : (GROUP_NAMES[named] ?? named);
}

const GROUP_NAMES: Readonly<Record<string, string>> = { libpod: 'podman', kubepods: 'kubernetes' };

/** Of the default route in /proc/net/route, whose addresses are in hex and little-endian; null for none. */
export function parseGateway(routes: string): string | null {
  const hex = /^\S+\t00000000\t([0-9A-F]{8})\t/m.exec(routes)?.[1];
  if (hex === undefined || hex === '00000000') return null;
  return [...Buffer.from(hex, 'hex').reverse()].join('.');
}

function numberOf(sysctl: string): number | null {
  const text = readSysctl(sysctl);
  return text === null || text === '' ? null : Number(text);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
