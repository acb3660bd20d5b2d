// Format version 2 of the saved result as a schema: one name for rows and binders, words for warnings, loose limits.
import { z } from 'zod';
import { blockSchema, generatorSchema } from './block.ts';
import { resultSchema } from './index.ts';
import { amount, orNull, text, texts } from './parts.ts';
import { comparisonSchema, predictionSchema, strategySchema } from './strategy.ts';

/** Its limits were not checked, and one was broken: the high end of a prediction could lie below its low one. */
const anyInterval = z.tuple([z.number(), z.number()]);

/** The contestant's name, whether or not it is a binder. */
const binder = text('Name of the strategy.');

const notes = { problems: texts('Why it is not valid.'), warnings: texts('What a reader should know.') };

export const blockSchema2 = blockSchema.omit({ contestant: true }).extend({
  binder,
  ...notes,
  generator: orNull(
    generatorSchema.extend({ cpuShare: amount('Of a core.'), runQueueShare: orNull(amount('Of the time.')) }),
  ),
});

export const strategySchema2 = strategySchema.omit({ contestant: true }).extend({
  binder,
  interval: orNull(anyInterval),
  prediction: orNull(predictionSchema.extend({ interval: anyInterval, tolerance: anyInterval })),
});

export const comparisonSchema2 = comparisonSchema.extend({ interval: orNull(anyInterval) });

export const resultSchema2 = resultSchema.extend({
  formatVersion: z.literal(2),
  blocks: z.array(blockSchema2),
  strategies: z.array(strategySchema2),
  comparisons: z.array(comparisonSchema2),
  warnings: texts('What makes the numbers of the run doubtful.'),
});
