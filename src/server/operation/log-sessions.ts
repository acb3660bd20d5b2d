// Log lines about sessions: at `debug` as they begin and end, at `info` for a client that was turned away with 421.
import type { Logger } from 'pino';
import { formatEndpoint } from '../../address.ts';
import { SESSION_CHANNEL, type SessionRecord } from '../control/session-record.ts';
import { follow } from './follow.ts';
import { roundMs } from './round.ts';

/** @returns how to stop */
export function logSessions(log: Logger): () => void {
  return follow(SESSION_CHANNEL, (record: SessionRecord) => {
    switch (record.kind) {
      case 'begun': {
        const { server, session, local, peer } = record;
        return log.debug(
          { server, session, local: formatEndpoint(local), peer: formatEndpoint(peer) },
          'session begun',
        );
      }
      case 'ended': {
        const { pid: _, kind: __, local: ___, peer, lastedMs, ...fields } = record;
        return log.debug(
          { ...fields, lastedMs: roundMs(lastedMs), peer: formatEndpoint(peer) },
          'session ended',
        );
      }
      case 'refused':
        return log.info({ peer: record.peer.address, reason: record.reason }, 'session refused');
      default:
        return record satisfies never;
    }
  });
}
