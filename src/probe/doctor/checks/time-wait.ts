// Checks of what the kernel does with closed connections: room for TIME_WAIT, and when a 4-tuple may be used again.
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

/** From this share of the limit on, a run of a minute may reach it. */
const NEARLY_FULL = 0.5;

export function checkTimeWaitRoom(
  facts: Seeing<'timeWaitCount' | 'timeWaitLimit' | 'timeWaitOverflows'>,
): DoctorCheck {
  const room = subject('time-wait', 'Room for TIME_WAIT');
  const { timeWaitCount: count, timeWaitLimit: limit, timeWaitOverflows: overflows } = facts;
  if (count === null || limit === null) return room.unknown();
  const dropped = overflows ? `; ${overflows} were dropped early since boot` : '';
  const observed = `${count} sockets of at most ${limit}${dropped}`;
  if (count < NEARLY_FULL * limit) return room.ok(observed);
  return room.warning(
    observed,
    'Wait a minute before a run, or raise net.ipv4.tcp_max_tw_buckets: beyond it the kernel ends TIME_WAIT early, and a run measures that.',
  );
}

/** Linux lets connect(2) take over a 4-tuple in TIME_WAIT only when timestamps tell old segments from new ones. */
export function checkTimestamps({ timestamps }: Seeing<'timestamps'>): DoctorCheck {
  const stamps = subject('timestamps', 'TCP timestamps');
  if (timestamps === null) return stamps.unknown();
  if (timestamps !== 0) return stamps.ok(`on (net.ipv4.tcp_timestamps is ${timestamps})`);
  return stamps.warning(
    'off (net.ipv4.tcp_timestamps is 0)',
    'Set net.ipv4.tcp_timestamps to 1: without it a client that names the same port twice within a minute gets no connection (EADDRNOTAVAIL).',
  );
}

/** Of no effect on connections from a port that was asked for: those need timestamps alone. */
export function checkTimeWaitReuse({ timeWaitReuse }: Seeing<'timeWaitReuse'>): DoctorCheck {
  const reuse = subject('time-wait-reuse', 'Reuse of ports in TIME_WAIT');
  if (timeWaitReuse === null) return reuse.unknown();
  const observed = `net.ipv4.tcp_tw_reuse is ${timeWaitReuse}`;
  if (timeWaitReuse !== 0) return reuse.ok(observed);
  return reuse.warning(
    observed,
    'Set net.ipv4.tcp_tw_reuse to 2 (loopback only) or 1 if you use the binder ephemeral: it runs out of ports towards a client that keeps its own. A fixed data port does not need it.',
  );
}
