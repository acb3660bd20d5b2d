// The checks of the doctor as tables: facts in, status and advice out.
import { describe, expect, it } from '@jest/globals';
import { asOneLine } from '../../src/probe/doctor/check.ts';
import { checkConntrack } from '../../src/probe/doctor/checks/conntrack.ts';
import { checkAcceptQueue, checkDescriptors } from '../../src/probe/doctor/checks/limits.ts';
import { checkFfi, checkNode, checkSocketDiag } from '../../src/probe/doctor/checks/platform.ts';
import {
  checkControlPort,
  checkDataPortListener,
  checkDataPortSockets,
  checkLocalAddress,
} from '../../src/probe/doctor/checks/port-users.ts';
import {
  checkControlPortPrivilege,
  checkDataPortPrivilege,
  checkEphemeralRange,
} from '../../src/probe/doctor/checks/ports.ts';
import { checkReuseAddrCost } from '../../src/probe/doctor/checks/reuse-addr.ts';
import {
  checkTimestamps,
  checkTimeWaitReuse,
  checkTimeWaitRoom,
} from '../../src/probe/doctor/checks/time-wait.ts';
import { checkContainer, checkFtpHelper } from '../../src/probe/doctor/checks/translation.ts';
import type { Facts, PortUser } from '../../src/probe/doctor/facts.ts';
import { parseGateway, parsePortRanges } from '../../src/probe/doctor/gather.ts';
import { usersInWords } from '../../src/probe/doctor/users-in-words.ts';
import type { CheckStatus, DoctorCheck } from '../../src/probe/types.ts';

const ALL_BIND = { none: 'ok', addr: 'ok', port: 'ok', both: 'ok' };
const NONE_BINDS = { none: 'EADDRINUSE', addr: 'EADDRINUSE', port: 'EADDRINUSE', both: 'EADDRINUSE' };
const ONLY_PORT = { ...NONE_BINDS, port: 'ok', both: 'ok' };

const HEALTHY: Facts = {
  ...{ host: '127.0.0.1', controlPort: 2121, dataPort: 2120, sessions: null, sessionsPerProcess: null },
  ...{ platform: 'linux', kernel: '6.1.0-56-amd64', bindTrial: null },
  ...{ nodeVersion: 'v20.20.2', ffiProblem: null, socketDiag: true, descriptorLimit: 20_000 },
  ...{ acceptQueueLimit: 4096, ephemeralRange: [32_768, 60_999], reservedPorts: [] },
  ...{ unprivilegedPortStart: 1024, mayBindPrivileged: false, controlPortListeners: [] },
  ...{ dataPortUsers: [], dataPortBinds: ALL_BIND, timeWaitCount: 12, timeWaitLimit: 131_072 },
  ...{ timeWaitOverflows: 0, timestamps: 1, timeWaitReuse: 2, conntrack: null, container: null },
};

const LISTENER = user({ state: 'LISTEN', uid: 0, pid: 4711, command: 'vsftpd' });
const LEFT = user({ state: 'TIME_WAIT' });
const LIVE = user({ state: 'ESTABLISHED', uid: 33 });

const CASES: readonly [
  name: string,
  check: (facts: Facts) => DoctorCheck,
  facts: Partial<Facts>,
  CheckStatus,
  said?: RegExp,
][] = [
  ['Node', checkNode, {}, 'ok', /^v20/],
  ['Node 18', checkNode, { nodeVersion: 'v18.19.0' }, 'failure', /: install Node 20/],
  ['FFI', checkFfi, {}, 'ok'],
  [
    'no FFI',
    checkFfi,
    { ffiProblem: 'no prebuilt koffi' },
    'failure',
    /^no prebuilt koffi: use --binder reuse-addr or/,
  ],
  ['sock_diag', checkSocketDiag, {}, 'ok'],
  ['no sock_diag', checkSocketDiag, { socketDiag: false }, 'warning', /AF_NETLINK/],

  ['descriptors', checkDescriptors, {}, 'ok', /enough for 6645 sessions/],
  [
    'few descriptors',
    checkDescriptors,
    { descriptorLimit: 256 },
    'warning',
    /enough for 64 sessions.*ulimit -n/,
  ],
  ['hardly any', checkDescriptors, { descriptorLimit: 20 }, 'warning', /enough for 0 sessions/],
  ['no limit known', checkDescriptors, { descriptorLimit: null }, 'unknown'],
  [
    'enough for all',
    checkDescriptors,
    { sessions: 400, sessionsPerProcess: 200 },
    'ok',
    /up to 664 descriptors/,
  ],
  [
    'too few for all',
    checkDescriptors,
    { descriptorLimit: 300, sessions: 400, sessionsPerProcess: 400 },
    'failure',
    /^400 sessions need up to 1264 descriptors in one process, the limit is 300: raise it \(ulimit -n 1264\) or use fewer sessions$/,
  ],
  ['accept queue', checkAcceptQueue, {}, 'ok'],
  ['short accept queue', checkAcceptQueue, { acceptQueueLimit: 128 }, 'warning', /somaxconn to 511/],
  ['short, but enough', checkAcceptQueue, { acceptQueueLimit: 128, sessions: 100 }, 'ok'],
  ['queue unknown', checkAcceptQueue, { acceptQueueLimit: null }, 'unknown'],

  ['control port', checkControlPortPrivilege, {}, 'ok', /ports from 1024 on/],
  [
    'control port 21',
    checkControlPortPrivilege,
    { controlPort: 21 },
    'failure',
    /127\.0\.0\.1:21 is a privileged port/,
  ],
  ['21 with the right', checkControlPortPrivilege, { controlPort: 21, mayBindPrivileged: true }, 'ok'],
  ['21 for everybody', checkControlPortPrivilege, { controlPort: 21, unprivilegedPortStart: 0 }, 'ok'],
  ['unknown start', checkControlPortPrivilege, { unprivilegedPortStart: null }, 'unknown'],
  ['data port', checkDataPortPrivilege, {}, 'ok'],
  [
    'data port 20',
    checkDataPortPrivilege,
    { dataPort: 20 },
    'failure',
    /^data port 127\.0\.0\.1:20 is privileged: start/,
  ],
  ['20 with the right', checkDataPortPrivilege, { dataPort: 20, mayBindPrivileged: true }, 'ok'],

  ['ports below the range', checkEphemeralRange, {}, 'ok'],
  [
    'ports in the range',
    checkEphemeralRange,
    { controlPort: 40_001, dataPort: 40_000 },
    'warning',
    /port 40000 and 40001.*ip_local_reserved_ports=40000,40001/,
  ],
  [
    'at its end',
    checkEphemeralRange,
    { controlPort: 61_000, dataPort: 60_999 },
    'warning',
    /port 60999 among/,
  ],
  ['reserved', checkEphemeralRange, { dataPort: 40_000, reservedPorts: [[39_990, 40_010]] }, 'ok'],
  ['range unknown', checkEphemeralRange, { ephemeralRange: null }, 'unknown'],

  ['own address', checkLocalAddress, {}, 'ok'],
  [
    'address of another',
    checkLocalAddress,
    { host: '192.0.2.1', dataPortBinds: { ...NONE_BINDS, none: 'EADDRNOTAVAIL' } },
    'failure',
    /192\.0\.2\.1 is not an address of this machine/,
  ],
  ['address unknown', checkLocalAddress, { dataPortBinds: null }, 'unknown'],
  ['free control port', checkControlPort, {}, 'ok'],
  [
    'busy control port',
    checkControlPort,
    { controlPortListeners: [LISTENER] },
    'warning',
    /vsftpd \(pid 4711, uid 0\)/,
  ],
  ['no socket table', checkControlPort, { controlPortListeners: null }, 'unknown'],

  ['free data port', checkDataPortListener, {}, 'ok'],
  [
    'a listener shuts it',
    checkDataPortListener,
    { dataPortUsers: [LISTENER], dataPortBinds: NONE_BINDS },
    'failure',
    /^data port 127\.0\.0\.1:2120 is taken: another program listens on it \(vsftpd \(pid 4711, uid 0\)\); stop it/,
  ],
  [
    'a listener that shares',
    checkDataPortListener,
    { dataPortUsers: [LISTENER], dataPortBinds: ONLY_PORT },
    'warning',
    /binders that can bind it now: reuse-port, reuse-both/,
  ],
  [
    'a listener on one address, a server on all',
    checkDataPortListener,
    { host: '0.0.0.0', dataPortUsers: [LISTENER], dataPortBinds: NONE_BINDS },
    'warning',
    /no binder can bind it now/,
  ],
  ['users unknown', checkDataPortListener, { dataPortUsers: null }, 'unknown'],
  ['nobody there', checkDataPortSockets, {}, 'ok', /^none$/],
  ['only a listener', checkDataPortSockets, { dataPortUsers: [LISTENER] }, 'ok', /^none$/],
  [
    'TIME_WAIT of a server without an option',
    checkDataPortSockets,
    { dataPortUsers: [LEFT, LEFT], dataPortBinds: NONE_BINDS },
    'warning',
    /^2 TIME_WAIT; no binder can bind it now: wait a minute/,
  ],
  [
    'live sockets of another server',
    checkDataPortSockets,
    { dataPortUsers: [LIVE, LEFT], dataPortBinds: ONLY_PORT },
    'warning',
    /^1 ESTABLISHED of an unseen process of uid 33; 1 TIME_WAIT; binders that can bind it now: reuse-port, reuse-both; stop/,
  ],
  [
    'users without an FFI',
    checkDataPortSockets,
    { dataPortUsers: [LIVE], dataPortBinds: null },
    'warning',
    /not known/,
  ],

  ['room', checkTimeWaitRoom, {}, 'ok', /^12 sockets of at most 131072$/],
  [
    'overflows long ago',
    checkTimeWaitRoom,
    { timeWaitOverflows: 7 },
    'ok',
    /7 were dropped early since boot/,
  ],
  ['little room', checkTimeWaitRoom, { timeWaitCount: 70_000 }, 'warning', /tcp_max_tw_buckets/],
  ['room unknown', checkTimeWaitRoom, { timeWaitLimit: null }, 'unknown'],
  ['timestamps', checkTimestamps, {}, 'ok'],
  ['no timestamps', checkTimestamps, { timestamps: 0 }, 'warning', /EADDRNOTAVAIL/],
  ['timestamps unknown', checkTimestamps, { timestamps: null }, 'unknown'],
  ['reuse', checkTimeWaitReuse, {}, 'ok'],
  ['no reuse', checkTimeWaitReuse, { timeWaitReuse: 0 }, 'warning', /binder ephemeral/],
  ['reuse unknown', checkTimeWaitReuse, { timeWaitReuse: null }, 'unknown'],

  [
    'fast path by version',
    checkReuseAddrCost,
    {},
    'ok',
    /^there \(Linux 6\.1\.0-56-amd64, measured on this version\)$/,
  ],
  [
    'none by version',
    checkReuseAddrCost,
    { kernel: '6.12.117' },
    'warning',
    /^none \(Linux 6\.12\.117, measured on this version\): use --binder reuse-port or reuse-both/,
  ],
  [
    'none as it was tried, whatever the version says',
    checkReuseAddrCost,
    { bindTrial: { sockets: 800, reuseAddrMicroseconds: 11, reusePortMicroseconds: 1.1 } },
    'warning',
    /^none: beside 800 sockets a bind takes 11\.0 µs, with SO_REUSEPORT 1\.1 µs; use --binder/,
  ],
  [
    'there as it was tried',
    checkReuseAddrCost,
    {
      kernel: '6.12.117',
      bindTrial: { sockets: 800, reuseAddrMicroseconds: 1.4, reusePortMicroseconds: 1.2 },
    },
    'ok',
    /^there: beside 800 sockets/,
  ],
  ['of another system', checkReuseAddrCost, { platform: 'freebsd' }, 'unknown'],

  ['no tracking', checkConntrack, {}, 'ok', /not seen/],
  [
    'tracking',
    checkConntrack,
    { conntrack: { count: 5, max: 100, ftpHelper: false } },
    'ok',
    /helper is not there/,
  ],
  [
    'full table',
    checkConntrack,
    { conntrack: { count: 80, max: 100, ftpHelper: true } },
    'warning',
    /nf_conntrack_max/,
  ],
  ['no tracking', checkFtpHelper, {}, 'ok', /nothing is tracked/],
  ['nothing tracked', checkFtpHelper, { conntrack: { count: 0, max: 100, ftpHelper: false } }, 'ok'],
  ['a helper', checkFtpHelper, { conntrack: { count: 5, max: 100, ftpHelper: true } }, 'ok', /under TLS/],
  [
    'no helper',
    checkFtpHelper,
    { conntrack: { count: 5, max: 100, ftpHelper: false } },
    'warning',
    /5 connections are tracked: rules .* nf_conntrack_ftp/,
  ],
  ['no container', checkContainer, {}, 'ok'],
  ["its host's network", checkContainer, { container: { kind: 'docker', gateway: null } }, 'ok'],
  [
    'a container behind a gateway',
    checkContainer,
    { container: { kind: 'docker', gateway: '172.17.0.1' } },
    'warning',
    /gateway is 172\.17\.0\.1: clients .*--network host.*--passive-address/,
  ],
];

it.each(CASES)('%s', (_name, check, facts, status, said = /./) => {
  const found = check({ ...HEALTHY, ...facts });
  expect(found.status).toBe(status);
  expect(asOneLine(found)).toMatch(said);
  // Advice for each thing that is wrong, as a sentence; none for the rest.
  expect(found.advice).toMatch(status === 'warning' || status === 'failure' ? /^[A-Z].*\.$/ : /^$/);
});

describe('sockets in words', () => {
  it('counts by owner and state', () => {
    const mine = { uid: 0, pid: 4711, command: 'vsftpd' };
    const users = [
      user({ ...mine, state: 'ESTABLISHED' }),
      user({ ...mine, state: 'CLOSE' }),
      user({ ...mine, state: 'ESTABLISHED' }),
      LEFT,
    ];
    expect(usersInWords(users)).toBe('2 ESTABLISHED and 1 bound of vsftpd (pid 4711, uid 0); 1 TIME_WAIT');
  });
});

it.each([
  ['', []],
  ['2120', [[2120, 2120]]],
  [
    '20,2120-2130',
    [
      [20, 20],
      [2120, 2130],
    ],
  ],
])('ports %p', (text, ranges) => {
  expect(parsePortRanges(text)).toEqual(ranges);
});

function user(own: Partial<PortUser>): PortUser {
  const local = { address: '127.0.0.1', port: 2120 };
  return { local, state: 'ESTABLISHED', uid: null, pid: null, command: null, ...own };
}

it('finds the gateway of the default route', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\n';
  expect(parseGateway(`${head}eth0\t000011AC\t00000000\t0001\neth0\t00000000\t010011AC\t0003\n`)).toBe(
    '172.17.0.1',
  );
  expect(parseGateway(`${head}eth0\t00000000\t00000000\t0001\n`)).toBeNull();
  expect(parseGateway('')).toBeNull();
});
