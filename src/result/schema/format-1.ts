// Format version 1 of the saved result as a schema: version 2 without what came later.
import { z } from 'zod';
import { DIRECTIONS } from '../../plan/types.ts';
import { blockSchema2, comparisonSchema2, resultSchema2, strategySchema2 } from './format-2.ts';
import { hostSchema } from './index.ts';
import { amount, choice } from './parts.ts';
import { requestedSchema } from './plan.ts';
import { scenarioSchema } from './scenario.ts';

const scenario = scenarioSchema
  .pick({ name: true, sessions: true, durationMs: true, transfers: true, bindToConnectMs: true })
  .extend({
    direction: choice(DIRECTIONS, 'What the transfers do.'),
    fileSizeBytes: amount('Size of the files, in bytes.'),
  });

const plan = requestedSchema
  .omit({
    ...{ peers: true, targets: true, until: true, maxTimeMs: true, restMs: true },
    ...{ userPi: true, requireDataPort: true, scenarios: true },
  })
  .extend({ scenarios: z.array(scenario) });

const block = blockSchema2.omit({
  ...{ dropped: true, warmUp: true, serverView: true },
  ...{ contention: true, timeline: true, generator: true },
});

const strategy = strategySchema2.omit({
  ...{ kind: true, dropped: true, transferP50Ms: true, transferP99Ms: true, prediction: true },
});

export const resultSchema1 = resultSchema2.omit({ endedBy: true, resumed: true }).extend({
  formatVersion: z.literal(1),
  host: hostSchema.omit({ cpuModel: true, descriptorLimit: true, loopback: true }),
  requested: plan,
  blocks: z.array(block),
  strategies: z.array(strategy),
  comparisons: z.array(comparisonSchema2.omit({ significance: true })),
});
