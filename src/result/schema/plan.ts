// The plan inside a saved result, as a schema: what was asked for, with nothing left to defaults.
import { z } from 'zod';
import { BINDER_NAMES, RETRY_PRESETS } from '../../binder/types.ts';
import { PEER_NAMES } from '../../peers/types.ts';
import { ON_SATURATION, UNTILS, USER_PIS } from '../../plan/types.ts';
import { amount, choice, count, flag, text } from './parts.ts';
import { scenarioSchema } from './scenario.ts';

const ownWaits = z.array(z.number().min(0));

export const requestedSchema = z
  .object({
    formatVersion: z.literal(1).describe('Version of the form of the plan.'),
    name: text('Name of the plan.'),
    seed: count('Seed of everything that is drawn.'),
    binders: z
      .array(z.enum(BINDER_NAMES))
      .describe('Binders of the built-in server. One that is named twice runs twice (an A/A test).'),
    peers: z.array(z.enum(PEER_NAMES)).describe('Other servers, started on this machine for each block.'),
    targets: z.array(z.url()).describe('Other servers that run already: FTP URLs without a password.'),
    scenarios: z.array(scenarioSchema).min(1).describe('The loads.'),
    blocks: count('Blocks of each contestant in each scenario; with `until: conclusive` at the most.'),
    until: choice(UNTILS, 'What ends the run: all blocks, or comparisons that are settled.'),
    abortOn: z
      .array(z.string())
      .default([])
      .describe('Thresholds, as they were written: the run ends once one of them is true of a row.'),
    abortAfter: count('Blocks of a row that they wait for.').default(2),
    maxTimeMs: amount('No block begins that would end after this; 0 for no limit. In milliseconds.'),
    restMs: amount('Pause before each block, in milliseconds.'),
    workers: count('Server processes that share one data port.'),
    generators: count('Load generator processes.'),
    onSaturation: choice(
      ON_SATURATION,
      'What a generator without time to spare makes of the run; `default`: invalid where it is an agent.',
    ).default('default'),
    userPi: choice(USER_PIS, 'The client behind each session.'),
    requireDataPort: flag(
      'Whether a data connection from another port than the data port is refused and counts as a failure.',
    ),
    retry: z
      .union([z.enum([...RETRY_PRESETS, 'default']), ownWaits])
      .describe(
        "A preset, own waits between binds in schedule seconds, or `default`: each binder's own schedule.",
      ),
    timeUnitMs: amount('Length of one second of the retry schedule, in milliseconds.'),
    timeoutMs: amount(
      "The client's patience with one step of a transfer beyond the longest schedule, in milliseconds.",
    ),
    baseline: text('Name of the contestant that the others are compared with.'),
  })
  .meta({ id: 'plan', title: 'Plan', description: 'What was asked for, with every default filled in.' });
