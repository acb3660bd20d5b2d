// One client session of the load generator on basic-ftp: logs in once, then runs one transfer after the other.

import { openReported } from '../reported-session.ts';
import type { ClientSession, SessionOptions } from '../types.ts';
import { BasicFtp } from './user-pi.ts';

/**
 * Logs in from `localAddress` in binary mode (TYPE I); every transfer uses active mode.
 * @throws LoginError when the server refuses or cannot be reached; the signal's reason when it was aborted; UsageError
 *   for options out of range
 */
export function openSession(options: SessionOptions): Promise<ClientSession> {
  return openReported(options, (observed, observation) => new BasicFtp(observed, observation));
}
