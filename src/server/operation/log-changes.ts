// One log line for every change of what is served, and for every one that was refused.
import type { Logger } from 'pino';
import { FILE_CHANGE_CHANNEL, type FileChangeRecord } from '../files/change-record.ts';
import { follow } from './follow.ts';

/** At `info`; an upload that is whole has its line from its data connection, which tells its change, too. @returns how to stop */
export function logChanges(log: Logger): () => void {
  return follow(FILE_CHANGE_CHANNEL, (record: FileChangeRecord) => {
    const { pid: _, outcome, peer, ...rest } = record;
    const fields = { ...rest, peer: peer.address };
    if (outcome.kind === 'refused') {
      const { replyCode, reason } = outcome;
      log.info({ ...fields, replyCode, reason }, `${rest.command} refused`);
    } else if (outcome.upload === undefined) {
      log.info(fields, `${rest.command} done`);
    }
  });
}
