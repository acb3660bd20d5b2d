// Fingerprints of real daemons against what their sources say: as root, on Debian, each on an address of its own.
import { afterEach, describe, expect, it } from '@jest/globals';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import type { Trait } from '../../src/probe/types.ts';
import { traitOf, valuesOf } from '../probe/fingerprinting.ts';
import { DAEMON_NAMES, type DaemonName, type Started, startDaemon } from './daemons.ts';

type Values = Readonly<Record<string, Trait['value'] | RegExp>>;

const EPHEMERAL: Values = {
  'source-port': 'ephemeral',
  'live-port': 'ok',
  'live-tuple': 'ok',
  'time-wait-tuple': 'ok',
};
/** A fixed port that is shared: only the same 4-tuple, alive, is in the way. */
const SHARED: Values = {
  'live-port': 'ok',
  'live-tuple': 'refused',
  'time-wait-port': 'ok',
  'time-wait-tuple': 'ok',
  'connects-at': 'transfer',
  'reply-150': 'after-connect',
};

const EXPECTED: Readonly<Record<DaemonName, Values>> = {
  vsftpd: {
    ...SHARED,
    'source-port': 2120,
    'reuse-options': 'addr',
    'port-taken': 'waits',
    tries: 2,
    'abort-meanwhile': false,
    'foreign-address': 500,
    'privileged-port': 500,
  },
  // Ten binds with one-second alarms; its handler adds 0.4 s to each wait, and some binds follow at once.
  'ProFTPD, RootRevoke off': {
    ...SHARED,
    'source-port': 20,
    'reuse-options': 'addr',
    'port-taken': 'waits',
    'reply-226': 'after-peer',
    'abort-meanwhile': false,
    'foreign-address': 500,
    'privileged-port': 500,
  },
  ProFTPD: { ...EPHEMERAL, 'connects-at': 'transfer', 'foreign-address': 500, 'privileged-port': 500 },
  'Pure-FTPd': {
    ...SHARED,
    'source-port': 20,
    'binds-at': 'port',
    'reuse-options': 'port',
    'port-taken': 'other-port',
    tries: 1,
    'foreign-address': 500,
    'privileged-port': 501,
  },
  pyftpdlib: {
    ...EPHEMERAL,
    'connects-at': 'port',
    'reply-200': 'connected',
    'foreign-address': 501,
    'privileged-port': 501,
  },
  'inetutils ftpd': {
    ...EPHEMERAL,
    'connects-at': 'transfer',
    'foreign-address': 500,
    'privileged-port': 500,
  },
  'ftp-srv': {
    ...EPHEMERAL,
    'connects-at': 'port',
    'reply-200': 'before-fact',
    'source-address': 'own',
    'foreign-address': 500,
    'privileged-port': 'accepted',
  },
};

let daemon: Started | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

describe.each(DAEMON_NAMES)('%s', (name) => {
  it('behaves as its source says', async () => {
    daemon = await startDaemon(name);
    const found = await fingerprintServer(daemon.target, { patienceMs: 15_000 });
    expect(valuesOf(found)).toMatchObject(EXPECTED[name]);
    if (name === 'vsftpd')
      expect(traitOf(found, 'port-taken').found).toMatch(/then replies 500 and ends the session$/);
    if (name.endsWith('off')) expect(traitOf(found, 'waits').found).toBe('1.4 s each time');
  });
});
