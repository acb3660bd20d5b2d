// `port20 stress [plan]`: runs a plan and prints what the strategies did.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createLocalEngine } from '../engine/local.ts';
import { UsageError } from '../errors.ts';
import { formatTerminal } from '../report/terminal.ts';
import { formatPlan, parsePlan } from '../stress/plan.ts';
import { runPlan } from '../stress/run.ts';
import { blockOrder } from '../stress/schedule.ts';
import type { Plan, RunResult } from '../stress/types.ts';
import { formatDuration } from '../units.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { type OutputFlags, print, saveFile, say, wantsColor } from './output.ts';
import { requireBinder, requireDescriptors } from './preflight.ts';
import { progressPrinter } from './progress.ts';
import { describesScenario, planFromFlags, type StressFlags, withFlags } from './stress-flags.ts';

const DEFAULT_PLAN = new URL('../../fixtures/plans/friedberg.yaml', import.meta.url);

/** @returns the exit status */
export async function stress(planFile: string | undefined, command: Command): Promise<number> {
  const flags: StressFlags & OutputFlags = command.optsWithGlobals();
  const plan = await choosePlan(planFile, flags);
  if (flags.printPlan) {
    await print(formatPlan(plan));
    return EXIT.ok;
  }
  await preflight(plan);
  if (flags.dryRun) {
    await print(describeRun(plan));
    return EXIT.ok;
  }
  if (flags.out !== undefined) await saveFile(flags.out, ''); // now, not after minutes of load, is the time to find out
  const { result, interruptedBy } = await run(plan, flags);
  if (flags.out !== undefined) await saveFile(flags.out, `${JSON.stringify(result, null, 1)}\n`);
  await print(flags.json ? JSON.stringify(result) : formatTerminal(result, { colour: wantsColor(flags) }));
  return interruptedBy ?? statusOf(result);
}

async function choosePlan(planFile: string | undefined, flags: StressFlags): Promise<Plan> {
  if (planFile === undefined && describesScenario(flags)) return planFromFlags(flags);
  return withFlags(await loadPlan(planFile ?? DEFAULT_PLAN), flags);
}

async function loadPlan(file: string | URL): Promise<Plan> {
  const yaml = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`plan '${file}' cannot be read: ${error.code}`, { cause: error });
  });
  return parsePlan(yaml, typeof file === 'string' ? file : 'default plan');
}

async function preflight(plan: Plan): Promise<void> {
  const longestHoldMs = Math.max(...plan.scenarios.map((scenario) => scenario.bindToConnectMs));
  for (const binder of plan.binders) requireBinder(binder, longestHoldMs);
  await requireDescriptors(plan);
}

function describeRun(plan: Plan): string {
  const order = blockOrder(plan);
  const loadMs = order.reduce((ms, { scenario }) => ms + scenario.durationMs, 0);
  return [
    `plan '${plan.name}': ${order.length} blocks, ${formatDuration(loadMs)} of load and a little between blocks`,
    ...order.map(({ scenario, binder, index }) => `${index + 1} ${scenario.name} ${binder}`),
  ].join('\n');
}

async function run(
  plan: Plan,
  flags: OutputFlags,
): Promise<{ result: RunResult; interruptedBy: number | undefined }> {
  const engine = createLocalEngine();
  const progress = progressPrinter(flags);
  try {
    return await untilInterrupted(
      'ending this block; once more to stop at once',
      () => engine.close(),
      async (signal) => runPlan(plan, engine, { signal, onProgress: progress.show }),
    );
  } finally {
    progress.clear();
    await engine.close();
  }
}

function statusOf(result: RunResult): number {
  if (result.valid) return EXIT.ok;
  const invalid = result.blocks.filter((block) => !block.valid);
  say(
    `port20: the result is invalid: ${invalid.length} of ${result.blocks.length} blocks, first: ${firstProblem(invalid)}`,
  );
  return EXIT.invalidRun;
}

function firstProblem([block]: RunResult['blocks']): string {
  return block === undefined ? 'none was run' : `${block.scenario}/${block.binder}: ${block.problems[0]}`;
}
