// The flags of what is made of a result; result-outputs.ts makes it, and is loaded only then.
import { type Command, Option } from 'commander';
import { parseThreshold, type Threshold } from '../plan/thresholds/threshold.ts';
import { readPath, setting } from './flags.ts';
import { under } from './help.ts';

export interface ResultFlags {
  readonly html?: string;
  readonly junit?: string;
  readonly openmetrics?: string;
  readonly threshold?: readonly Threshold[];
}

export const RESULT_HEADING = 'What comes of it:';

export function addResultFlags(command: Command): Command {
  const options = under(RESULT_HEADING, [
    setting('--html <file>', 'save a report for the browser, in one file', readPath),
    setting('--junit <file>', 'save thresholds and validity as JUnit XML', readPath),
    setting('--openmetrics <file>', 'save counters and gauges as OpenMetrics text', readPath),
    thresholds(),
  ]);
  for (const option of options) command.addOption(option);
  return command;
}

/** May be given again, and may hold several in one text, for the environment and the configuration file. */
function thresholds(): Option {
  const help = "exit 99 unless it holds, such as 'reuse-port.failureRate < 0.001'; may be repeated";
  return new Option('--threshold <expression>', help)
    .env('PORT20_THRESHOLD')
    .argParser((text: string, before: readonly Threshold[] | undefined) => [
      ...(before ?? []),
      ...text.split(/[;,]/).map((one) => parseThreshold(one.trim())),
    ]);
}
