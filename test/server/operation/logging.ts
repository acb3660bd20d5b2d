// A real server whose every log line is kept, as an operator gets it at the level `trace`.
import { pino } from 'pino';
import { logRecords } from '../../../src/server/operation/log-records.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { type Serving, serving } from '../serving.ts';

export interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

export interface Logging extends Serving {
  /** Lines so far, parsed. */
  lines(): readonly LogLine[];
  /** All that was written. */
  text(): string;
  /** The lines of one message. */
  said(msg: string): readonly LogLine[];
  /** Resolves with the first line of that message. */
  until(msg: string): Promise<LogLine>;
}

export function logging(options: ServerOptions, test: (logging: Logging) => Promise<void>): Promise<void> {
  let text = '';
  let wake = () => {};
  const write = (line: string) => {
    text += line;
    wake();
  };
  const log = pino({ level: 'trace', base: null }, { write });
  const stop = logRecords(log);
  const lines = () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  const said = (msg: string) => lines().filter((line) => line.msg === msg);
  const until = async (msg: string) => {
    for (;;) {
      const [line] = said(msg);
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const over = { lines, said, until, text: () => text };
  return serving({ log, ...options }, (one) => test({ ...one, ...over })).finally(stop);
}
