// One client session of the load generator on the lean user-PI: the same reports as `openSession`, at a third of the cost.

import { openReported } from '../reported-session.ts';
import type { ClientSession, SessionOptions } from '../types.ts';
import { LeanFtp } from './lean-ftp.ts';

/**
 * As `openSession`, for a third of the CPU time of a small transfer (test/client/bench-user-pi.mjs). What is seen of a
 * server is the same, but for three things that basic-ftp does: it asks PWD for a path that begins with a space, sends
 * RETR once more after a 350, and has no bytes to report of a listing that failed.
 * @throws LoginError when the server refuses or cannot be reached; the signal's reason when it was aborted; UsageError
 *   for options out of range
 */
export function openLeanSession(options: SessionOptions): Promise<ClientSession> {
  return openReported(options, (observed, observation) => new LeanFtp(observed, observation));
}
