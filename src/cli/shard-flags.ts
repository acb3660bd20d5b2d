// The flags of `shard`.
import type { Command } from 'commander';
import { readPath, readTimeoutMs, setting, toggle } from './flags.ts';
import { under } from './help.ts';
import type { OutputFlags } from './output.ts';
import type { TargetFlags } from './targets.ts';

export interface ShardFlags extends OutputFlags, TargetFlags {
  /** From 0. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** `Date.now()`. */
  readonly startAt?: number;
  readonly gap: number;
  readonly out?: string;
  readonly printSchedule?: boolean;
}

const MOST_SHARDS = 1024;

/** `2/4`: the second of four. */
function readShard(text: string): { readonly index: number; readonly of: number } {
  const [, number, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? [];
  const [index, count] = [Number(number) - 1, Number(of)];
  if (index >= 0 && index < count && count <= MOST_SHARDS) return { index, of: count };
  throw new Error(`'${text}' is not a shard such as 2/4, the second of four (of ${MOST_SHARDS} at the most)`);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function readInstant(text: string): number {
  const ms = INSTANT.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new Error(`'${text}' is not an instant with its zone such as 2026-03-01T12:00:00Z (date -Is)`);
}

export function addShardFlags(command: Command): Command {
  const options = [
    ...under('Which part, and when:', [
      setting('--shard <i/n>', 'the part of the load: 2/4 is the second of four', readShard),
      setting('--start-at <time>', 'when the first block begins, the same for all shards', readInstant),
      setting(
        '--gap <time>',
        'between blocks, for logins and for transfers that still run',
        readTimeoutMs,
      ).default(2000, '2s'),
      toggle('--print-schedule', 'print what this part starts and when, and stop'),
    ]),
    ...under('The targets:', [
      setting('--password-file <file>', "the target's password, instead of PORT20_PASSWORD", readPath),
      toggle('--i-own-this-server', 'put load on a target that is not on this machine'),
    ]),
    ...under('What comes of it:', [
      setting('--out <file>', 'where it is saved, for port20 merge (default: shard-2-of-4.ndjson)', readPath),
    ]),
  ];
  for (const option of options) command.addOption(option);
  return command;
}
