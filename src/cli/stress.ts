// `port20 stress [plan]`: runs a plan and prints what the strategies did.
import type { Command } from 'commander';
import { PreflightError, UsageError } from '../errors.ts';
import { formatPlan } from '../plan/parse.ts';
import type { Plan } from '../plan/types.ts';
import { kernelDigest } from '../probe/kernel/truth-table.ts';
import { formatDryRun } from '../report/text/dry-run.ts';
import { formatTerminal } from '../report/text/terminal.ts';
import { requireKnown } from '../report/thresholds/known.ts';
import { problemInWords } from '../report/words/problems.ts';
import type { RunResult } from '../result/types.ts';
import { hostOfRun } from '../run/host.ts';
import { createRunFolder, type KeptInRun, type RunFolder, resumeRunFolder } from '../run/store/folder.ts';
import { savedText } from '../run/store/kept-run.ts';
import { requireSameHost } from '../run/store/same-host.ts';
import { EXIT, messageOf } from './exit.ts';
import { checkWritable, type OutputFlags, print, saveFile, say, wantsColor } from './output.ts';
import { PLAN_FLAGS } from './plan-options.ts';
import { requireBinder, requireDescriptors, requirePeers } from './preflight.ts';
import { checkResultFiles, saveResultFiles, thresholdStatus, thresholdsInWords } from './result-outputs.ts';
import type { StressFlags } from './stress-flags.ts';
import { choosePlan } from './stress-plan.ts';
import { type RunHere, runHere } from './stress-run.ts';
import { findTargets } from './targets.ts';

type Flags = StressFlags & OutputFlags;

/** @returns the exit status */
export async function stress(command: Command): Promise<number> {
  const flags: Flags = command.optsWithGlobals();
  const digest = once(digestOrNull);
  const taken = flags.resume === undefined ? undefined : await takeUp(command, flags.resume, flags, digest);
  try {
    const plan = taken?.plan ?? (await choosePlan(command.args[0], flags));
    const targets = await findTargets(plan, flags);
    if (flags.printPlan) {
      await print(formatPlan(plan));
      return EXIT.ok;
    }
    requireKnown(flags.threshold ?? [], plan);
    await preflight(plan);
    if (flags.dryRun) {
      await print(formatDryRun(plan));
      return EXIT.ok;
    }
    for (const file of [flags.out, flags.attempts]) if (file !== undefined) await checkWritable(file);
    await checkResultFiles(flags);
    return await runAndReport({ plan, targets, truthTableDigest: digest() }, flags, taken);
  } finally {
    await taken?.release();
  }
}

async function runAndReport(
  { plan, targets, truthTableDigest }: Omit<RunHere, 'folder'>,
  flags: Flags,
  taken: RunFolder | undefined,
): Promise<number> {
  const made =
    flags.dir === undefined
      ? undefined
      : await createRunFolder(flags.dir, plan, hostOfRun(truthTableDigest), keptInRun(flags));
  const folder = taken ?? made;
  try {
    const ran = await runHere({ plan, targets, folder, truthTableDigest }, flags);
    const { interruptedBy } = ran;
    if (ran.result === undefined) return interruptedBy ?? EXIT.unexpected;
    const { result } = ran.result;
    // Printed first: what cannot be saved after minutes of load is at least seen.
    await print(flags.json ? JSON.stringify(result) : formatTerminal(result, { colour: wantsColor(flags) }));
    const failures = [...ran.result.failures];
    const saved = savedText(result);
    // Each by itself: a file that cannot be written is no reason to lose the others.
    const save = async <T>(write: () => Promise<T> | undefined): Promise<T | undefined> => {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof PreflightError)) throw error;
        failures.push(error);
        return undefined;
      }
    };
    await save(() => folder?.saveResult(saved));
    await save(() => (flags.out === undefined ? undefined : saveFile(flags.out, saved)));
    const outcomes = (await save(() => saveResultFiles(result, flags, commandLine()))) ?? [];
    if (outcomes.length > 0) say(thresholdsInWords(outcomes));
    const status = interruptedBy ?? statusOf(result);
    for (const failure of failures) say(messageOf(failure));
    if (failures.length > 0) return EXIT.preflight;
    if (folder !== undefined && isUnfinished(result))
      say(`port20: go on with: port20 stress --resume ${folder.path}`);
    return status ?? thresholdStatus(outcomes) ?? EXIT.ok;
  } finally {
    await made?.release();
  }
}

/** A run that is out of time may begin no block, when it is taken up again, either. */
function isUnfinished({ partial, valid, endedBy }: RunResult): boolean {
  return endedBy !== 'max-time' && (partial || !valid);
}

function keptInRun({ attempts }: Flags): KeptInRun {
  return { attempts: attempts !== undefined };
}

/** @throws UsageError beside a plan or flags that would change it, and where the host is another one now */
async function takeUp(
  command: Command,
  path: string,
  flags: Flags,
  digest: () => string | null,
): Promise<RunFolder> {
  const others = FLAGS_OF_A_NEW_RUN.filter((name) => command.getOptionValueSource(name) === 'cli');
  if (command.args.length > 0 || others.length > 0) {
    throw new UsageError(
      `--resume ${path} goes on with the plan in that folder: leave out ${command.args[0] ?? `--${kebab(others[0] ?? '')}`}`,
    );
  }
  const folder = await resumeRunFolder(path, keptInRun(flags));
  if (!flags.allowEnvDiff) {
    await requireSameHost(folder, hostOfRun(digest()), 'resume it all the same with --allow-env-diff');
  }
  return folder;
}

/** What says which run it is, and not how it is told. */
const FLAGS_OF_A_NEW_RUN = [...PLAN_FLAGS, ...['dir', 'printPlan', 'dryRun']] as const;

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What asks a kernel or a host is measured when it is first wanted, and not again. */
function once<T>(measure: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: measure() };
    return found.value;
  };
}

/** A host without a free port to measure it with can run the plan all the same, on addresses of its own. */
function digestOrNull(): string | null {
  try {
    return kernelDigest();
  } catch (error) {
    say(`port20: the kernel's truth table could not be measured: ${(error as Error).message}`);
    return null;
  }
}

/** As it can be typed again. */
function commandLine(): string {
  const words = process.argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return ['port20', ...words].join(' ');
}

async function preflight(plan: Plan): Promise<void> {
  const longestHoldMs = Math.max(...plan.scenarios.map((scenario) => scenario.bindToConnectMs));
  for (const binder of plan.binders) requireBinder(binder, longestHoldMs);
  requireDescriptors(plan);
  await requirePeers(plan);
}

/** Undefined for a valid one. */
function statusOf(result: RunResult): number | undefined {
  if (result.valid) return undefined;
  const invalid = result.blocks.filter((block) => !block.valid);
  say(
    `port20: the result is invalid: ${invalid.length} of ${result.blocks.length} blocks, first: ${firstProblem(invalid)}`,
  );
  return EXIT.invalidRun;
}

function firstProblem([block]: RunResult['blocks']): string {
  return block === undefined
    ? 'none was run'
    : `${block.scenario}/${block.contestant}: ${block.problems.map(problemInWords)[0]}`;
}
