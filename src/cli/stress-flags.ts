// The flags of `stress`.
import type { Command } from 'commander';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import { DIRECTIONS, type Direction } from '../stress/types.ts';
import {
  oneOf,
  readBinder,
  readBinders,
  readBytes,
  readCount,
  readDurationMs,
  readRetry,
  setting,
  toggle,
} from './flags.ts';

export interface StressFlags {
  readonly binder?: readonly BinderName[];
  readonly baseline?: BinderName;
  readonly sessions?: number;
  readonly duration?: number;
  readonly transfers?: number;
  readonly blocks?: number;
  readonly direction?: Direction;
  readonly fileSize?: number;
  readonly workers?: number;
  readonly generators?: number;
  readonly retry?: RetrySetting;
  readonly timeUnit?: number;
  readonly bindToConnect?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly printPlan?: boolean;
  readonly dryRun?: boolean;
}

export function addStressFlags(command: Command): Command {
  return command
    .addOption(setting('--binder <names>', 'strategies to compare, separated by commas', readBinders))
    .addOption(setting('--baseline <name>', 'the strategy that the others are compared with', readBinder))
    .addOption(setting('--sessions <n>', 'control connections open at once', readCount(1)))
    .addOption(setting('--duration <time>', 'load time of one block, such as 2s', readDurationMs))
    .addOption(setting('--transfers <n>', 'transfers of one block at the most', readCount(0)))
    .addOption(setting('--blocks <n>', 'blocks of each strategy in each scenario', readCount(1)))
    .addOption(setting('--direction <name>', 'retr, stor or list', oneOf('direction', DIRECTIONS)))
    .addOption(setting('--file-size <size>', 'size of the file, such as 4KiB', readBytes))
    .addOption(setting('--workers <n>', 'server processes that share one data port', readCount(1)))
    .addOption(setting('--generators <n>', 'load generator processes', readCount(1)))
    .addOption(setting('--retry <schedule>', 'bsd, proftpd, vsftpd, none, or waits such as 1,2,3', readRetry))
    .addOption(setting('--time-unit <time>', 'length of one second of the retry schedule', readDurationMs))
    .addOption(setting('--bind-to-connect <time>', 'held between bind and connect', readDurationMs))
    .addOption(setting('--seed <n>', 'seed of the block order and the bootstrap', readCount(0, 2 ** 32 - 1)))
    .addOption(setting('--out <file>', 'save the result as JSON', String))
    .addOption(toggle('--json', 'print the result as JSON instead of tables'))
    .addOption(toggle('--print-plan', 'print the plan with every default filled in, and stop'))
    .addOption(toggle('--dry-run', 'check everything, say what would run, and stop'));
}
