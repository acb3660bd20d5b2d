// Checks of how much one process may have: descriptors, and connections that wait to be accepted.
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

/** Descriptors of a session at one process: its control connection, a listener or file, a data connection. */
const DESCRIPTORS_PER_SESSION = 3;
/** What a Node process and its cluster have open besides. */
const DESCRIPTORS_BESIDES = 64;
/** Below this a limit is worth a word even when nobody said how many sessions there will be. */
const FEW_DESCRIPTORS = 1024;
/** What Node asks of listen(2) unless it is told otherwise; the kernel gives the smaller of it and its own limit. */
const NODE_BACKLOG = 511;

/** @param facts `sessions` for the words, `sessionsPerProcess` for the sum */
export function checkDescriptors(
  facts: Seeing<'descriptorLimit' | 'sessions' | 'sessionsPerProcess'>,
): DoctorCheck {
  const descriptors = subject('descriptors', 'Descriptors of a process');
  const { descriptorLimit: limit, sessions, sessionsPerProcess } = facts;
  if (limit === null) return descriptors.unknown();
  if (sessions === null || sessionsPerProcess === null) {
    const room = `the limit is ${limit}, enough for ${sessionsWithin(limit)} sessions in one process`;
    if (limit >= FEW_DESCRIPTORS) return descriptors.ok(room);
    return descriptors.warning(room, 'Raise the limit (ulimit -n 65536) if there may be more sessions.');
  }
  const needed = sessionsPerProcess * DESCRIPTORS_PER_SESSION + DESCRIPTORS_BESIDES;
  const observed = `${sessions} sessions need up to ${needed} descriptors in one process, the limit is ${limit}`;
  if (needed <= limit) return descriptors.ok(observed);
  return descriptors.failure(observed, `Raise it (ulimit -n ${needed}) or use fewer sessions.`);
}

function sessionsWithin(limit: number): number {
  return Math.max(0, Math.floor((limit - DESCRIPTORS_BESIDES) / DESCRIPTORS_PER_SESSION));
}

export function checkAcceptQueue({
  acceptQueueLimit: limit,
  sessions,
}: Seeing<'acceptQueueLimit' | 'sessions'>): DoctorCheck {
  const queue = subject('accept-queue', 'Clients that may wait to be accepted');
  if (limit === null) return queue.unknown();
  const wanted = Math.min(NODE_BACKLOG, sessions ?? NODE_BACKLOG);
  const observed = `net.core.somaxconn is ${limit}`;
  if (limit >= wanted) return queue.ok(observed);
  return queue.warning(
    observed,
    `Set net.core.somaxconn to ${NODE_BACKLOG} or more, or clients that come all at once wait a second and longer for their first reply.`,
  );
}
