// Everything that a process tells, as lines of its log: every kind of record, as far as the level asks for it.
import type { Logger } from 'pino';
import { logChanges } from './log-changes.ts';
import { logLogins } from './log-logins.ts';
import { logRefusals } from './log-refusals.ts';
import { logSessions } from './log-sessions.ts';
import { logTransfers } from './log-transfers.ts';

/** Nothing is listened to whose level is off. @returns how to stop */
export function logRecords(log: Logger): () => void {
  const stops = [
    ...(log.isLevelEnabled('warn') ? [logTransfers(log), logLogins(log), logRefusals(log)] : []),
    ...(log.isLevelEnabled('info') ? [logChanges(log), logSessions(log)] : []),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
