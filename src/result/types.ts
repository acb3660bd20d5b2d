// What a run found, as code reads it: made from the schema, where each property's meaning, unit and limits stand.
import type { z } from 'zod';
import type { blockSchema, contentionSchema, generatorSchema, timelineSchema } from './schema/block.ts';
import type { hostSchema, resultSchema } from './schema/index.ts';
import type { blockWarningSchema, problemSchema, runWarningSchema } from './schema/notes.ts';
import type { quantile } from './schema/parts.ts';
import type { agentSchema, lostShardSchema, shardSchema } from './schema/shards.ts';
import type { comparisonSchema, predictionSchema, strategySchema } from './schema/strategy.ts';

/** Read from a file, or made once and never changed. */
export type ReadOnly<T> = T extends object ? { readonly [Key in keyof T]: ReadOnly<T[Key]> } : T;
type Of<Schema extends z.ZodType> = ReadOnly<z.output<Schema>>;

/** The saved form of a run; every report is made from it alone. */
export interface RunResult extends Of<typeof resultSchema> {}

/** One contestant under load for a while on an address of its own. */
export interface BlockResult extends Of<typeof blockSchema> {}

/** What a prediction is fed with. A transfer is: before the bind, waits, the window from bind to connect, what comes after. */
export interface ContentionTimes extends Of<typeof contentionSchema> {}

/** A block in slices from its start, by the moment in which a transfer ended; the warm-up is in it. */
export interface Timeline extends Of<typeof timelineSchema> {}

/** What the load cost its generators: the worst of them. */
export interface GeneratorLoad extends Of<typeof generatorSchema> {}

/** An agent's part of a block. */
export interface Shard extends Of<typeof shardSchema> {}

/** A part of a block that gave no numbers. */
export interface LostShard extends Of<typeof lostShardSchema> {}

/** Who carried load. */
export interface Agent extends Of<typeof agentSchema> {}

/** Why a block is not valid. */
export type BlockProblem = Of<typeof problemSchema>;

/** What a reader should know of a block although it is valid. */
export type BlockWarning = Of<typeof blockWarningSchema>;

/** What makes the numbers of a run doubtful. */
export type RunWarning = Of<typeof runWarningSchema>;

/** All blocks of one contestant in one scenario: a row of the tables. */
export interface StrategyResult extends Of<typeof strategySchema> {}

/** What contention for the port alone would make of a row's arrivals and hold times. */
export interface Prediction extends Of<typeof predictionSchema> {}

/** candidate - baseline, in failure rate: negative is fewer failures. */
export interface Comparison extends Of<typeof comparisonSchema> {}

/** The machine that a run was made on. */
export interface Host extends Of<typeof hostSchema> {}

/** A quantile where failures count as infinitely long: `failed` when they reach it, null when nothing was measured. */
export type QuantileMs = z.output<ReturnType<typeof quantile>>;
