// What a shard of a run measured by itself, as a file: a line of JSON that says of which run, and one for each of its blocks.
import { constants } from 'node:buffer';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { issueInWords } from '../../plan/issue.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import { printable, quoted } from '../../quoted.ts';
import { hostSchema } from '../../result/schema/index.ts';
import { blockWarningSchema } from '../../result/schema/notes.ts';
import type { ReadOnly } from '../../result/types.ts';
import { readTextFile } from '../../text-file.ts';

export const SHARD_FORMAT = 1;

const endpoint = z.object({ address: z.string(), port: z.int().min(1).max(65_535) });

const headerSchema = z.object({
  shardFormat: z.literal(SHARD_FORMAT),
  /** The same for all shards of a run, and for no other run: it follows from the plan, the start and the number of shards. */
  run: z.string(),
  version: z.string().transform(printable),
  /** When the first block began, as it was asked for. */
  startAt: z.iso.datetime(),
  shard: z.object({ index: z.int().min(0), of: z.int().min(1).max(1024) }),
  /** As YAML. */
  plan: z.string(),
  host: hostSchema,
  /** What each target has, by the name of the contestant: it is to be the same for all shards. */
  targets: z.record(
    z.string(),
    z.object({
      server: endpoint,
      file: z.object({ path: z.string(), bytes: z.int().min(0), hash: z.string() }).nullable(),
    }),
  ),
});

/** What a generator says of itself. */
export const reportSchema = z.object({
  cpuShare: z.number().min(0).max(1),
  runQueueShare: z.number().min(0).max(1).nullable(),
  eventLoopLagP99Ms: z.number().min(0),
  eventLoopLagMaxMs: z.number().min(0),
  descriptors: z.int().min(0),
});

const completedSchema = z.object({
  place: z.int().min(0),
  startedAt: z.iso.datetime(),
  /** As `encodeBatches` makes them, each in base64. */
  attempts: z.array(z.base64()),
  generator: reportSchema,
  lostSessions: z.int().min(0),
  warnings: z.array(blockWarningSchema),
  startedLateMs: z.number().min(0),
  /** Some of it was ended before its time. */
  stopped: z.boolean(),
});
const lostSchema = z.object({ place: z.int().min(0), lost: z.string().transform(printable) });
const lineSchema = z.union([completedSchema, lostSchema]);

export type ShardHeader = ReadOnly<z.output<typeof headerSchema>>;
export type ShardBlock = ReadOnly<z.output<typeof lineSchema>>;
export type CompletedShard = ReadOnly<z.output<typeof completedSchema>>;

export interface ShardFile {
  readonly name: string;
  readonly header: ShardHeader;
  readonly plan: Plan;
  readonly blocks: readonly ShardBlock[];
}

/** No string of Node's is longer. */
const MOST_BYTES = constants.MAX_STRING_LENGTH;

/** Whether a file begins as a shard's does, and not as a result. */
function isShard(text: string): boolean {
  return text.startsWith('{"shardFormat":');
}

/** A file that may be a shard's, or a whole result: what comes through a pipe can be read once. @throws UsageError */
export function readShardText(path: string): Promise<string> {
  return readTextFile(path, { what: 'result', mostBytes: MOST_BYTES });
}

/** Undefined for a text that is none of a shard. @throws UsageError that names the file and what is wrong with it */
export function readShard(path: string, text: string): ShardFile | undefined {
  if (!isShard(text)) return undefined;
  const [first = '', ...lines] = text.split('\n');
  const header = checked(headerSchema, first, `${quoted(path)}, line 1`);
  // One that was killed in the middle of a line has the blocks before it.
  const whole = lines.slice(0, -1);
  return {
    ...{ name: path, header },
    plan: parsePlan(header.plan, `${quoted(path)}: its plan`),
    blocks: whole.map((line, i) => checked(lineSchema, line, `${quoted(path)}, line ${i + 2}`)),
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, line: string, at: string): z.output<Schema> {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    throw new UsageError(`shard ${at}: not JSON`, { cause });
  }
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data as z.output<Schema>;
  throw new UsageError(`shard ${at}: ${issueInWords(error, document, [])}`);
}

export function shardLine(line: ShardHeader | ShardBlock): string {
  return `${JSON.stringify(line)}\n`;
}
