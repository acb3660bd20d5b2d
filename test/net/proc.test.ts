// /proc: a setting and a counter that every Linux has, and names that none has.
import { expect, it } from '@jest/globals';
import { readSysctl, readTcpCounter } from '../../src/net/proc.ts';

it('reads settings', () => {
  expect(readSysctl('net.ipv4.ip_local_port_range')).toMatch(/^\d+ \d+$/);
  expect(readSysctl('net.ipv4.no_such_setting')).toBeNull();
});

it('reads counters', () => {
  expect(readTcpCounter('TCPTimeWaitOverflow')).toBeGreaterThanOrEqual(0);
  expect(readTcpCounter('NoSuchCounter')).toBeNull();
});
