// What goes through Redis, as schemas: an agent does nothing but what is read by one of these, and a coordinator believes nothing else.
import { z } from 'zod';
import { printable } from '../../quoted.ts';
import { blockWarningSchema } from '../../result/schema/notes.ts';
import type { ReadOnly } from '../../result/types.ts';
import { reportSchema } from '../shard/file.ts';
import { NAME } from './keys.ts';

const TOKEN = /^[\w-]{1,80}$/;

const ip = z.union([z.ipv4(), z.ipv6()]);
const endpoint = z.strictObject({ address: ip, port: z.int().min(1).max(65_535) });
/** No control characters: it is written into a line of FTP. */
const ftpText = z.string().regex(/^[^\p{Cc}]{0,4096}$/u);

/** What is printed: nothing in it is an order to a terminal. */
const said = (most: number) => z.string().max(most).transform(printable);

export const registrationSchema = z.object({
  protocol: z.int(),
  version: said(64),
  name: z.string().regex(NAME),
  /** Of this one process: another of the same name is another agent. */
  instance: z.string().regex(TOKEN),
  addresses: z.array(ip).min(1).max(256),
  /** Networks whose servers it loads, such as 10.0.0.0/8. */
  allow: z.array(z.string().max(64)).max(256),
  cores: z.int().min(1),
  descriptorLimit: z.int().nullable(),
  kernel: said(256),
  node: said(64),
  /** It ends with what it has: no new shards. */
  draining: z.boolean(),
});
export type Registration = ReadOnly<z.output<typeof registrationSchema>>;

/** The data of a job. The shard itself follows from the plan. */
export const jobSchema = z.strictObject({
  protocol: z.literal(1),
  run: z.string().regex(TOKEN),
  /** Of this try of this shard: whoever pushes with another is refused. */
  token: z.string().regex(TOKEN),
  /** SHA-256 of the plan's text, which is beside the run. */
  plan: z.string().regex(/^[0-9a-f]{64}$/),
  block: z.strictObject({ scenario: z.string(), contestant: z.string(), index: z.int().min(0) }),
  shard: z.strictObject({ index: z.int().min(0), of: z.int().min(1).max(1024) }),
  server: endpoint,
  dataPort: z.int().min(0).max(65_535),
  /** What the server has to be fetched, by weight. */
  files: z
    .array(
      z.strictObject({
        value: z.strictObject({
          path: ftpText,
          bytes: z.int().min(0),
          hash: z.string().regex(/^(?:[0-9a-f]{40})?$/),
        }),
        weight: z.number().min(0),
      }),
    )
    .min(1)
    .max(64),
  uploadFolder: z.enum(['uploads/', '']),
  /** Of a daemon that was started for the block; a target's is the agent's own to know. */
  login: z.strictObject({ user: ftpText, password: ftpText }).nullable(),
});
export type ShardJob = ReadOnly<z.output<typeof jobSchema>>;

export const orderSchema = z.union([
  /** By the clock of Redis, in milliseconds. */
  z.strictObject({ type: z.literal('go'), startMs: z.number() }),
  z.strictObject({ type: z.literal('stop'), graceMs: z.number().min(0).max(60_000) }),
  /** From the agent to itself: nothing more is waited for. */
  z.strictObject({ type: z.literal('end') }),
]);
export type Order = z.output<typeof orderSchema>;

const from = { token: z.string().regex(TOKEN) };
const messageSchema = z.union([
  z.object({
    ...from,
    type: z.literal('ready'),
    /** The clock of Redis minus the agent's. */
    offsetMs: z.number(),
    errorMs: z.number().min(0),
  }),
  /** Behind it, as bytes: what `encodeAttempts` makes. */
  z.object({ ...from, type: z.literal('attempts') }),
  z.object({ ...from, type: z.literal('alive') }),
  z.object({
    ...from,
    type: z.literal('done'),
    /** How many attempts were sent before. */
    attempts: z.int().min(0),
    generator: reportSchema,
    lostSessions: z.int().min(0),
    warnings: z.array(blockWarningSchema),
    startedLateMs: z.number().min(0),
  }),
  z.object({ ...from, type: z.literal('failed'), reason: said(2000) }),
]);
export type ShardMessage = ReadOnly<z.output<typeof messageSchema>>;

const NEWLINE = 0x0a;

/** A line of JSON, and behind it the attempts. */
export function packMessage(message: ShardMessage, attempts?: Buffer): Buffer {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  return attempts === undefined ? line : Buffer.concat([line, attempts]);
}

/** Undefined for what is no message of ours. */
export function readMessage(bytes: Buffer): { message: ShardMessage; attempts: Buffer } | undefined {
  const at = bytes.indexOf(NEWLINE);
  if (at === -1) return undefined;
  const message = parsedBy(messageSchema, bytes.toString('utf8', 0, at));
  return message === undefined ? undefined : { message, attempts: bytes.subarray(at + 1) };
}

/** Undefined for what is not JSON, or not of that form. */
export function parsedBy<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
