// wu-ftpd's transfer log: a line in a file of its own for each file that is moved.
import { openFileOutput } from '../../net/output.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from '../data/record.ts';
import { follow } from './follow.ts';
import { LineSink } from './line-sink.ts';
import { orPreflightError } from './log.ts';
import { xferlogLine } from './xferlog-line.ts';

export interface Xferlog {
  lost(): number;
  /** As of ProcessLog. */
  reopen(): void;
  close(): void;
}

/**
 * Of every file that this process moves.
 * @param onTrouble told once of each row of lines that could not be written, with the errno
 * @throws PreflightError for a file that cannot be written
 */
export function openXferlog(file: string, onTrouble: (code: string) => void): Xferlog {
  const open = () => openFileOutput(file);
  const sink = orPreflightError(`transfer log '${file}'`, () => new LineSink({ open, onTrouble }));
  const stop = follow(DATA_CONNECTION_CHANNEL, (record: DataConnectionRecord) => {
    const line = xferlogLine(record, new Date());
    if (line !== undefined) sink.write(line);
  });
  return {
    lost: () => sink.lost,
    reopen: () => sink.reopen(),
    close() {
      stop();
      sink.close();
    },
  };
}
