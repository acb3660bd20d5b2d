// `port20 stress [plan]`: runs a plan and prints what the strategies did.
import type { Command } from 'commander';
import { createLocalEngine } from '../engine/local.ts';
import { kernelDigest } from '../probe/kernel/truth-table.ts';
import { formatTerminal } from '../report/terminal.ts';
import { formatPlan } from '../stress/plan.ts';
import { runPlan } from '../stress/run.ts';
import { blockOrder } from '../stress/schedule.ts';
import type { Plan, RunResult } from '../stress/types.ts';
import { formatDuration } from '../units.ts';
import { EXIT } from './exit.ts';
import { type Interruptible, untilInterrupted } from './interrupt.ts';
import { checkWritable, type OutputFlags, print, saveFile, say, wantsColor } from './output.ts';
import { requireBinder, requireDescriptors } from './preflight.ts';
import { progressPrinter } from './progress.ts';
import type { StressFlags } from './stress-flags.ts';
import { choosePlan } from './stress-plan.ts';

/** @returns the exit status */
export async function stress(command: Command): Promise<number> {
  const flags: StressFlags & OutputFlags = command.optsWithGlobals();
  const plan = await choosePlan(command.args[0], flags);
  if (flags.printPlan) {
    await print(formatPlan(plan));
    return EXIT.ok;
  }
  preflight(plan);
  if (flags.dryRun) {
    await print(describeRun(plan));
    return EXIT.ok;
  }
  if (flags.out !== undefined) await checkWritable(flags.out);
  const { result, interruptedBy } = await run(plan, flags);
  if (result === undefined) return interruptedBy ?? EXIT.unexpected;
  // Printed first: what cannot be saved after minutes of load is at least seen.
  await print(flags.json ? JSON.stringify(result) : formatTerminal(result, { colour: wantsColor(flags) }));
  if (flags.out !== undefined) await saveFile(flags.out, `${JSON.stringify(result, null, 1)}\n`);
  return interruptedBy ?? statusOf(result);
}

function preflight(plan: Plan): void {
  const longestHoldMs = Math.max(...plan.scenarios.map((scenario) => scenario.bindToConnectMs));
  for (const binder of plan.binders) requireBinder(binder, longestHoldMs);
  requireDescriptors(plan);
}

function describeRun(plan: Plan): string {
  const order = blockOrder(plan);
  const loadMs = order.reduce((ms, { scenario }) => ms + scenario.durationMs, 0);
  return [
    `plan '${plan.name}': ${order.length} blocks, ${formatDuration(loadMs)} of load and a little between blocks`,
    ...order.map(({ scenario, binder, index }) => `${index + 1} ${scenario.name} ${binder}`),
  ].join('\n');
}

async function run(plan: Plan, flags: OutputFlags): Promise<Interruptible<RunResult>> {
  const engine = createLocalEngine();
  const progress = progressPrinter(flags);
  try {
    return await untilInterrupted(
      'ending this block; once more to stop at once',
      () => engine.close(),
      async (signal) =>
        runPlan(plan, engine, { signal, onProgress: progress.show, truthTableDigest: kernelDigest() }),
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
