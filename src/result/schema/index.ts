// The one source of the saved result's form: validates what is read, and the published JSON Schema is made from it.
import { z } from 'zod';
import { blockSchema } from './block.ts';
import { runWarningSchema } from './notes.ts';
import { amount, choice, count, flag, instant, later, orNull, quantile, text } from './parts.ts';
import { requestedSchema } from './plan.ts';
import { agentSchema, lostShardSchema } from './shards.ts';
import { comparisonSchema, strategySchema } from './strategy.ts';

export const hostSchema = z
  .object({
    platform: text('Operating system, as Node names it.'),
    kernel: text('Release of the kernel.'),
    arch: text('Processor architecture, as Node names it.'),
    node: text('Version of Node.'),
    cpus: count('Processors that may be used.'),
    cpuModel: orNull(text('Model of the processor; null where it is unknown.')),
    descriptorLimit: orNull(
      count('Files that one process may open; null for no limit or where it is unknown.'),
    ),
    loopback: flag('Whether client and server were on this machine.'),
    memoryBytes: count('Memory of the machine, in bytes.'),
    sysctls: z
      .record(z.string(), z.string().nullable())
      .describe(
        'The sysctls that change what is measured here; null where this system has none of that name.',
      ),
    truthTableDigest: orNull(
      text(
        "Digest of the kernel's truth table (`port20 probe`): one digest, one behaviour. Null where it was not measured.",
      ),
    ),
  })
  .meta({ id: 'host', title: 'Host', description: 'The machine that the run was made on.' });

const toolSchema = z
  .object({
    name: z.literal('port20').describe('Always port20.'),
    version: text('Its version.'),
  })
  .meta({ id: 'tool', title: 'Tool', description: 'What made the result.' });

const resumption = z
  .object({
    at: instant('When the run was taken up again.'),
    blocksDone: count('Blocks that it had by then.'),
  })
  .meta({ id: 'resumption', title: 'Resumption', description: 'A run that was taken up again.' });

const abort = z
  .object({
    expression: text('The threshold of `abortOn`, as it was written.'),
    scenario: text('Name of the scenario.'),
    contestant: text('Name of the contestant of which it was true.'),
    measured: quantile('What was measured, in the unit of the metric: a share, a number, or a time.'),
    blocks: count('Blocks of the contestant that it was measured over.'),
  })
  .meta({ id: 'abort', title: 'Abort', description: 'A threshold that ended a run.' });

const mergedRun = z
  .object({
    seed: count('Seed of its plan.'),
    startedAt: instant('When it started.'),
    durationMs: amount('How long it took, in milliseconds.'),
    toolVersion: text('Version of port20 that made it.'),
    host: hostSchema.describe('The machine that it was made on.'),
    firstIndex: count('Index of its first blocks in this result.'),
    blocks: count('Blocks of each contestant in each scenario; their indices follow one another.'),
  })
  .meta({ id: 'mergedRun', title: 'Merged run', description: 'A run that a merged result is made of.' });

/** Of what is written today; what is read is raised to it, version by version. */
export const FORMAT_VERSION = 3;

/** Keys that it does not know, of a newer port20, are left out of what it gives back and are no error. */
export const resultSchema = z
  .object({
    formatVersion: z.literal(FORMAT_VERSION).describe('Version of this form.'),
    tool: toolSchema,
    host: hostSchema,
    startedAt: instant('When the run started.'),
    durationMs: amount('How long the run took, in milliseconds.'),
    requested: requestedSchema,
    blocks: z.array(blockSchema).describe('Every block, in the order in which they were run.'),
    strategies: z
      .array(strategySchema)
      .describe("Sums over valid blocks, scenario by scenario in the plan's order."),
    comparisons: z.array(comparisonSchema).describe('Every contestant against the baseline of the plan.'),
    warnings: z
      .array(runWarningSchema)
      .describe('What makes the numbers of the run doubtful; those of its blocks are among them.'),
    partial: flag('Whether the run was interrupted, or out of time, before its last block.'),
    endedBy: choice(
      ['plan', 'conclusive', 'max-time', 'interrupt'],
      'What ended it; `interrupt`: a signal, or a threshold, which is in `abortedBy` then.',
    ),
    abortedBy: later(abort.describe('The threshold of `abortOn` that ended it; null where none did.')),
    resumed: z
      .array(resumption)
      .describe('When it was taken up again after a crash or an interrupt; empty when it never was.'),
    merged: z
      .array(mergedRun)
      .default([])
      .describe('The runs that it was merged from (`port20 merge`); empty for a run by itself.'),
    agents: z
      .array(agentSchema)
      .optional()
      .describe('The agents that carried its load; left out of a run without any.'),
    lost: z
      .array(lostShardSchema)
      .optional()
      .describe('Shards that were lost, and with them their blocks; left out where none was.'),
    valid: flag('Whether there are blocks and all of them are valid.'),
  })
  .meta({
    title: 'Result of port20 stress',
    description: 'A run: what was asked, what happened, and where.',
  });
