// The kinds of values in a saved result, each with its limits; every property says what it means and in which unit.
import { z } from 'zod';
import { BINDER_NAMES } from '../../binder/types.ts';

/** A whole number from 0 on. */
export const count = (description: string) => z.int().min(0).describe(description);

/** From 0 on: a time, a rate, a size that need not be whole. */
export const amount = (description: string) => z.number().min(0).describe(description);

/** A proportion from 0 to 1. */
export const share = (description: string) => z.number().min(0).max(1).describe(description);

export const text = (description: string) => z.string().describe(description);
export const flag = (description: string) => z.boolean().describe(description);
export const texts = (description: string) => z.array(z.string()).describe(description);
export const instant = (description: string) => z.iso.datetime().describe(`${description} UTC, as ISO 8601.`);
export const port = (description: string) => z.int().min(0).max(65_535).describe(description);

export function choice<const Name extends string>(names: readonly Name[], description: string) {
  return z.enum(names).describe(description);
}

/** The same or null; the description says what null means. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().describe(schema.description ?? '');
}

/** Two ends, the lower first. JSON Schema cannot say that last part: it stands in the description. */
function orderedPair(end: z.ZodNumber, description: string) {
  return z
    .tuple([end, end])
    .refine(([low, high]) => low <= high, 'the lower end is above the higher one')
    .describe(`${description} The lower end first.`);
}

/** Of a proportion. */
export const intervalOfShare = (description: string) => orderedPair(z.number().min(0).max(1), description);

/** Of the difference of two proportions. */
export const intervalOfDifference = (description: string) =>
  orderedPair(z.number().min(-1).max(1), description);

const HISTOGRAM =
  'HDR histogram in microseconds (HdrHistogram V2 encoding, compressed, base64; 3 significant digits).';
export const histogram = (description: string) => z.base64().min(1).describe(`${description} ${HISTOGRAM}`);

export const countsByKey = (description: string) =>
  z.record(z.string(), z.int().min(0)).describe(description);

export const quantile = (description: string) =>
  z
    .union([z.number().min(0), z.literal('failed'), z.null()])
    .describe(
      `${description} In milliseconds. Failures count as infinitely long: \`failed\` where the quantile falls among them, null when nothing was measured.`,
    );

const timeOrFailed = z.union([z.number().min(0), z.literal('failed')]);

/** Of a quantile of times. */
export const intervalOfTime = (description: string) =>
  z
    .tuple([timeOrFailed, timeOrFailed])
    .refine(([low, high]) => orInfinity(low) <= orInfinity(high), 'the lower end is above the higher one')
    .describe(
      `${description} In milliseconds, the lower end first; \`failed\` where an end falls among failures.`,
    );

function orInfinity(time: z.output<typeof timeOrFailed>): number {
  return time === 'failed' ? Number.POSITIVE_INFINITY : time;
}

/** Of what has no upper limit, such as a rate. */
export const intervalOfAmount = (description: string) => orderedPair(z.number().min(0), description);

/** What was not told when format version 3 was new: a file may lack it, and then it is null, or made from the blocks. */
export function later<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullable()
    .default(null as never)
    .describe(schema.description ?? '');
}

export const endpoint = z
  .object({
    address: text('IP literal, never a host name.'),
    port: port('TCP port.'),
  })
  .meta({ id: 'endpoint', title: 'Endpoint', description: 'One end of a TCP connection.' });

/** What names a row, in blocks, strategies and comparisons alike. */
export const contestantName = text(
  'Name of the contestant, which is a row of the tables: a binder, `legacy-bsd#2` for the same once more, a peer, or the `host:port` of a target.',
);

export const binderOrNull = orNull(
  choice(BINDER_NAMES, 'Binder of the built-in server; null for peers and targets.'),
);
