// Format version 1 of the saved result as a schema: that of today without what came later.
import { z } from 'zod';
import { DIRECTIONS } from '../../plan/types.ts';
import { blockSchema } from './block.ts';
import { hostSchema, resultSchema } from './index.ts';
import { amount, oneOf } from './parts.ts';
import { planSchema } from './plan.ts';
import { scenarioSchema } from './scenario.ts';
import { comparisonSchema, strategySchema } from './strategy.ts';

const scenario = scenarioSchema
  .pick({ name: true, sessions: true, durationMs: true, transfers: true, bindToConnectMs: true })
  .extend({
    direction: oneOf(DIRECTIONS, 'What the transfers do.'),
    fileSizeBytes: amount('Size of the files, in bytes.'),
  });

const plan = planSchema
  .omit({
    ...{ peers: true, targets: true, until: true, maxTimeMs: true, restMs: true },
    ...{ userPi: true, requireDataPort: true, scenarios: true },
  })
  .extend({ scenarios: z.array(scenario) });

const block = blockSchema.omit({
  ...{ dropped: true, warmUp: true, serverView: true },
  ...{ contention: true, timeline: true, generator: true },
});

const strategy = strategySchema.omit({
  ...{ kind: true, dropped: true, transferP50Ms: true, transferP99Ms: true, prediction: true },
});

export const resultSchema1 = resultSchema.omit({ endedBy: true, resumed: true }).extend({
  formatVersion: z.literal(1),
  host: hostSchema.omit({ cpuModel: true, descriptorLimit: true, loopback: true }),
  requested: plan,
  blocks: z.array(block),
  strategies: z.array(strategy),
  comparisons: z.array(comparisonSchema.omit({ significance: true })),
});
