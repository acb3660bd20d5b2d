// Claims about connect(2) from a shared local port: what a 4-tuple that is still there does to it.
import { readSysctl } from '../../net/proc.ts';
import { socketTableAvailable } from '../../net/socket-table.ts';
import { type Claim, verdictOf } from '../claim.ts';
import { portsInState, requireState } from '../kernel/holder.ts';
import type { Lab } from '../kernel/lab.ts';
import { NotRun } from '../kernel/not-run.ts';
import { connection, reconnect, reconnectInTimeWait } from '../kernel/reconnect.ts';
import type { Timestamps } from '../kernel/worker-messages.ts';

export const CONNECTING: readonly Claim[] = [
  {
    id: 'connect-live',
    claim: 'A second connection over a 4-tuple that is alive fails with EADDRNOTAVAIL at connect.',
    experiment: 'From a shared local port, connect twice to the same peer; the first stays ESTABLISHED.',
    run(lab) {
      return connectObservation(reconnect(lab, connection(lab)), 'EADDRNOTAVAIL');
    },
  },
  {
    id: 'connect-fin-wait-2',
    claim: 'Half closed (FIN_WAIT2) is still alive: EADDRNOTAVAIL.',
    experiment: 'As connect-live, after the first has sent its FIN and the peer has not.',
    run(lab) {
      const first = connection(lab);
      first.dialler.shutdownWrite();
      requireState(first.local, 'fin-wait-2');
      return connectObservation(reconnect(lab, first), 'EADDRNOTAVAIL');
    },
  },
  {
    id: 'connect-time-wait-timestamps',
    claim: 'With TCP timestamps on, a 4-tuple in TIME_WAIT connects again at once.',
    experiment:
      'As connect-live, after both sides have closed, the dialling side first (net.ipv4.tcp_timestamps = 1).',
    async run(lab) {
      return connectObservation(await inTimeWait(lab, '1'), 'ok');
    },
  },
  {
    id: 'connect-time-wait-no-timestamps',
    claim: 'With TCP timestamps off, it is EADDRNOTAVAIL until TIME_WAIT is over.',
    experiment:
      'As connect-time-wait-timestamps, with net.ipv4.tcp_timestamps = 0, in a network namespace if need be.',
    async run(lab) {
      return connectObservation(await inTimeWait(lab, '0'), 'EADDRNOTAVAIL');
    },
  },
  {
    id: 'time-wait-side',
    claim: 'TIME_WAIT stays with the side that closes first: the server on RETR, the client on STOR.',
    experiment: 'One connection that the dialling side closes first, one that the accepting side does.',
    run(lab) {
      if (!socketTableAvailable()) throw new NotRun("a look into the kernel's socket table");
      const sides = [sideInTimeWait(lab, 'dialler'), sideInTimeWait(lab, 'accepted')];
      return {
        observed: `dialling side first: TIME_WAIT at ${sides[0]}; accepting side first: at ${sides[1]}`,
        verdict: verdictOf(sides[0] === 'dialling side' && sides[1] === 'accepting side'),
      };
    },
  },
];

function connectObservation(connect: string, expected: string) {
  return { observed: `connect ${connect}`, verdict: verdictOf(connect === expected) };
}

/** Here when the setting is the one that is asked for, else where it can be set. */
async function inTimeWait(lab: Lab, timestamps: Timestamps): Promise<string> {
  const here = readSysctl('net.ipv4.tcp_timestamps');
  // 2 is on as well, without a random offset per connection.
  if ((here === '0') === (timestamps === '0')) return reconnectInTimeWait(lab);
  const namespace = await lab.worker('network-namespace');
  return namespace.ask({ type: 'reconnect', timestamps });
}

function sideInTimeWait(lab: Lab, first: 'dialler' | 'accepted'): string {
  const { local, remote, dialler, accepted } = connection(lab);
  for (const end of first === 'dialler' ? [dialler, accepted] : [accepted, dialler]) end.close();
  const inTimeWait = portsInState(local.address, 'time-wait', [(first === 'dialler' ? local : remote).port]);
  if (inTimeWait.has(local.port)) return inTimeWait.has(remote.port) ? 'both sides' : 'dialling side';
  return inTimeWait.has(remote.port) ? 'accepting side' : 'neither side';
}
