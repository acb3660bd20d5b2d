// Who watches a server process from within: its log, its transfer log, and what both have lost.
import type { Logger } from 'pino';
import { errorCodeOf } from '../../errors.ts';
import { openLog } from './log.ts';
import { openXferlog } from './xferlog.ts';

export interface ObserverOptions {
  readonly logLevel: string;
  /** Standard error unless set. */
  readonly logFile?: string | undefined;
  /** Where files that were moved are told in wu-ftpd's format; nowhere unless set. */
  readonly xferlog?: string | undefined;
}

export interface Observers {
  readonly log: Logger;
  setLevel(level: string): void;
  /** Lines lost so far, by log. */
  readonly lost: Readonly<Record<string, () => number>>;
  /** For logrotate: the files that have the names now are written from now on. Never throws: the log tells of failures. */
  reopen(): void;
  close(): void;
}

/** @throws PreflightError for a file that cannot be written */
export function observe({ logLevel, logFile, xferlog }: ObserverOptions): Observers {
  const processLog = openLog(logLevel, logFile);
  const { log } = processLog;
  const logs: Record<string, Pick<typeof processLog, 'lost' | 'reopen' | 'close'>> = { log: processLog };
  try {
    if (xferlog !== undefined) {
      logs.xferlog = openXferlog(xferlog, (code) =>
        log.error({ file: xferlog, code }, 'the transfer log cannot be written; its lines are lost'),
      );
    }
  } catch (error) {
    processLog.close();
    throw error;
  }
  return {
    log,
    setLevel: processLog.setLevel,
    lost: Object.fromEntries(Object.entries(logs).map(([name, { lost }]) => [name, lost])),
    reopen() {
      for (const [name, { reopen }] of Object.entries(logs)) {
        try {
          reopen();
        } catch (error) {
          log.error({ name, code: errorCodeOf(error) }, 'a log cannot be opened anew; the old file is kept');
        }
      }
    },
    close() {
      logs.xferlog?.close();
      processLog.close();
    },
  };
}
