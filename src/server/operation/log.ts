// The log of a server process: subscribers like any other, which the server does not know of, and where their lines go.
import { type Logger, pino } from 'pino';
import { errorCodeOf, PreflightError } from '../../errors.ts';
import { descriptorOutput, openFileOutput } from '../../net/output.ts';
import { LineSink } from './line-sink.ts';
import { logRecords } from './log-records.ts';

const STANDARD_ERROR = 2;

export interface ProcessLog {
  readonly log: Logger;
  /** What the level asks for is listened to from now on, and nothing else. */
  setLevel(level: string): void;
  /** Lines that a full disk or a slow reader has cost so far. */
  lost(): number;
  /** After logrotate has moved the file. Standard error is what it is. @throws an error with `code`: the old file is kept */
  reopen(): void;
  /** No line is written any more, whoever has the log and whatever is asked of it. */
  close(): void;
}

/** @param file standard error unless set. @throws PreflightError for a file that cannot be written */
export function openLog(level: string, file?: string): ProcessLog {
  const open = () => (file === undefined ? descriptorOutput(STANDARD_ERROR) : openFileOutput(file));
  const lossNote = (lines: number) =>
    `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, lines, msg: 'log lines lost' })}\n`;
  const sink = orPreflightError(`log file '${file}'`, () => new LineSink({ open, lossNote }));
  const log = pino({ level }, sink);
  let stop = logRecords(log);
  let closed = false;
  return {
    log,
    setLevel(wanted) {
      if (closed) return; // a reload that ends behind the last line
      stop();
      log.level = wanted;
      stop = logRecords(log);
    },
    lost: () => sink.lost,
    reopen: () => sink.reopen(),
    close() {
      closed = true;
      stop();
      log.level = 'silent'; // whoever still has it
      sink.close();
    },
  };
}

/** @param what is named in the line, and cannot be written */
export function orPreflightError<T>(what: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new PreflightError(`the ${what} cannot be written: ${errorCodeOf(cause)}`, { cause });
  }
}
