// `port20 stress [plan]`: runs a plan and prints what the strategies did.
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { formatPlan } from '../plan/parse.ts';
import { requireKnown } from '../plan/thresholds/known.ts';
import type { Plan } from '../plan/types.ts';
import { kernelDigest } from '../probe/kernel/truth-table.ts';
import { quoted } from '../quoted.ts';
import { formatDryRun } from '../report/text/dry-run.ts';
import { formatTerminal } from '../report/text/terminal.ts';
import { checkThresholds } from '../report/thresholds/check.ts';
import { abortInWords } from '../report/words/abort.ts';
import type { RunResult } from '../result/types.ts';
import type { Engine } from '../run/engine.ts';
import { hostOfRun } from '../run/host.ts';
import { createRunFolder, type KeptInRun, type RunFolder, resumeRunFolder } from '../run/store/folder.ts';
import { type KeptRun, savedText } from '../run/store/kept-run.ts';
import { requireSameHost } from '../run/store/same-host.ts';
import { EXIT, messageOf } from './exit.ts';
import { checkFiles, type Files, failureOf, saveFile } from './files.ts';
import { printLimits } from './find-limit.ts';
import { refuseIdleInPlan } from './idle-flags.ts';
import { obeySignals, unlessStopping, untilInterrupted } from './interrupt.ts';
import { invalidity } from './invalidity.ts';
import { type Kept, rescued, resumption, unprinted, withWayOut } from './kept-result.ts';
import { type OutputFlags, print, say, textOptions } from './output.ts';
import { PLAN_FLAGS } from './plan-options.ts';
import {
  removeRemains,
  requireBinder,
  requireDescriptors,
  requireNetworks,
  requirePeers,
} from './preflight.ts';
import { resultFiles, saveResultFiles, thresholdStatus, thresholdsInWords } from './result-outputs.ts';
import { createEngine, planForEngine } from './run-engine.ts';
import { commandLine } from './shell.ts';
import type { StressFlags } from './stress-flags.ts';
import { choosePlan, longerRun } from './stress-plan.ts';
import { type RunHere, runHere } from './stress-run.ts';
import { findTargets } from './targets.ts';

type Flags = StressFlags & OutputFlags & { readonly config?: string };

/** @returns the exit status */
export async function stress(command: Command): Promise<number> {
  const flags = withOneFolder(command.optsWithGlobals());
  obeySignals();
  const digest = once(digestOrNull);
  const taken = flags.resume === undefined ? undefined : await takeUp(command, flags.resume, flags, digest);
  try {
    const asked = taken?.plan ?? (await choosePlan(command.args[0], flags));
    const plan = planForEngine(asked, flags, taken !== undefined);
    refuseIdleInPlan(command, plan);
    const targets = await findTargets(plan, flags);
    if (flags.printPlan) {
      await print(formatPlan(plan));
      return EXIT.ok;
    }
    requireKnown(flags.threshold ?? [], plan);
    await checkFiles(filesOf(command, flags));
    await preflight(plan, flags);
    if (flags.dryRun) {
      await print(formatDryRun(plan, textOptions(flags)));
      return EXIT.ok;
    }
    return await runAndReport({ plan, targets, truthTableDigest: digest() }, flags, taken, command);
  } finally {
    await taken?.release();
  }
}

/** A variable or a file names the folder for new runs: one that is taken up again has its own, and keeps it. */
function withOneFolder(flags: Flags): Flags {
  if (flags.resume === undefined) return flags;
  const { dir: _, ...others } = flags;
  return others;
}

/** What it writes, and what it reads: neither may be the other. */
function filesOf(command: Command, flags: Flags): Files {
  const named = (by: string, path: string | undefined) => (path === undefined ? [] : [{ by, path }]);
  const [folder] = [...named('--dir', flags.dir), ...named('--resume', flags.resume)];
  return {
    written: [...named('--out', flags.out), ...named('--attempts', flags.attempts), ...resultFiles(flags)],
    read: [
      ...named('the plan', command.args[0]),
      ...named('--config', flags.config),
      ...named('--password-file', flags.passwordFile),
    ],
    folder,
  };
}

async function runAndReport(
  { plan, targets, truthTableDigest }: Omit<RunHere, 'folder'>,
  flags: Flags,
  taken: RunFolder | undefined,
  command: Command,
): Promise<number> {
  const made =
    flags.dir === undefined
      ? undefined
      : await createRunFolder(flags.dir, plan, hostOfRun(truthTableDigest), keptInRun(command, flags));
  const folder = taken ?? made;
  let engine: Engine | undefined;
  let doing = 'ending this block';
  try {
    const { result: told, interruptedBy } = await untilInterrupted(
      () => `${doing}; once more to stop at once`,
      async () => engine?.close(),
      async (signal, stopping) => {
        engine = await createEngine({ plan, targets, folder }, flags, signal);
        if (flags.findLimit) {
          return { failed: false, status: await printLimits({ plan, targets, engine }, flags, signal) };
        }
        const ran = await runHere({ plan, targets, folder, truthTableDigest }, engine, flags, signal);
        await unlessStopping(stopping);
        doing = 'saving what was measured';
        return report(ran, flags, folder, signal);
      },
    );
    // To a terminal that is lost nothing can be printed, which is no fault of its own.
    if (told === undefined || interruptedBy === EXIT.hungUp) return interruptedBy ?? EXIT.unexpected;
    if (taken === undefined && interruptedBy === undefined) hintAtLonger(command.args[0], flags);
    return told.failed ? EXIT.preflight : (interruptedBy ?? told.status);
  } finally {
    await engine?.close();
    await made?.release();
  }
}

function hintAtLonger(planFile: string | undefined, flags: Flags): void {
  const longer = longerRun(planFile, flags);
  if (longer === undefined || flags.quiet || flags.json) return;
  say(`port20: six strategies under three loads, in two minutes: ${longer}`);
}

interface Told {
  /** Something could not be written. */
  readonly failed: boolean;
  /** Of a run that came to its end. */
  readonly status: number;
}

/** Prints the result and saves it: what cannot be saved after minutes of load is at least seen, and kept elsewhere. */
async function report(
  { result, failures }: KeptRun,
  flags: Flags,
  folder: RunFolder | undefined,
  signal: AbortSignal,
): Promise<Told> {
  const text = flags.json ? JSON.stringify(result) : formatTerminal(result, textOptions(flags));
  const noPrint = await failureOf(() => print(text));
  const saved = savedText(result);
  let isInFolder = false;
  const noFolder = await failureOf(async () => {
    isInFolder = (await folder?.saveResult(saved)) ?? false;
  });
  const { out } = flags;
  const noOut = out === undefined ? undefined : await failureOf(() => saveFile(out, saved));
  const outcomes = checkThresholds(result, flags.threshold ?? []);
  const unsaved = await saveResultFiles(result, flags, { outcomes, command: commandLine() });
  if (outcomes.length > 0) say(thresholdsInWords(outcomes));
  if (result.abortedBy !== null) say(`port20: ended early: ${abortInWords(result.abortedBy)}`);
  const invalid = signal.aborted ? undefined : invalidity(result);

  if (noOut !== undefined && out !== undefined) unsaved.unshift({ flag: '--out', path: out, failure: noOut });
  const failed = [noPrint, noFolder, ...failures, ...unsaved].some((one) => one !== undefined);
  const kept = failed ? await whereKept() : undefined;
  for (const failure of [...failures, ...(noFolder === undefined ? [] : [noFolder])]) say(messageOf(failure));
  if (noPrint !== undefined) say(messageOf(unprinted(noPrint, kept)));
  for (const one of unsaved) say(messageOf(withWayOut(one, kept)));
  if (!failed && folder !== undefined && isUnfinished(result))
    say(`port20: go on with: port20 ${resumption(whereIs(folder))}`);
  return { failed, status: invalid ?? thresholdStatus(outcomes) ?? abortStatus(result) ?? EXIT.ok };

  async function whereKept(): Promise<Kept | undefined> {
    if (isInFolder && folder !== undefined) return { file: join(folder.path, 'result.json') };
    if (folder !== undefined) return whereIs(folder);
    if (out !== undefined && noOut === undefined) return { file: out };
    const rescue = await rescued(result);
    if (rescue !== undefined && 'file' in rescue && noPrint === undefined && unsaved.length === 0)
      say(`port20: the result is kept in ${quoted(rescue.file)}`);
    return rescue;
  }
}

/** A run that is out of time, or aborted by a threshold, may begin no block, when it is taken up again, either. */
function isUnfinished({ partial, valid, endedBy, abortedBy }: RunResult): boolean {
  return endedBy !== 'max-time' && abortedBy === null && (partial || !valid);
}

function whereIs({ path, saidAgain }: RunFolder): Extract<Kept, { folder: string }> {
  return { folder: path, saidAgain };
}

/** What is said in a variable or a file is in force again by itself, and a password is shown nowhere. */
function keptInRun(command: Command, { attempts, engine, redis }: Flags): KeptInRun {
  const isSaid = (name: string) => command.getOptionValueSource(name) === 'cli';
  const again = [
    ...(isSaid('engine') ? [` --engine ${engine}`] : []),
    ...(redis !== undefined && isSaid('redis') ? [` --redis ${redis.name}`] : []),
  ];
  return { attempts: attempts !== undefined, engine, saidAgain: again.join('') };
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
  const folder = await resumeRunFolder(path, keptInRun(command, flags));
  await requireSameEngine(folder, flags);
  if (!flags.allowEnvDiff) {
    await requireSameHost(folder, hostOfRun(digest()), 'resume it all the same with --allow-env-diff');
  }
  return folder;
}

/** Blocks whose load came from elsewhere would be compared as if it had not. Of a finished run none is run. */
async function requireSameEngine(folder: RunFolder, { engine }: Flags): Promise<void> {
  if (folder.finished !== undefined || folder.engine === engine) return;
  await folder.release();
  const redis = folder.engine === 'bullmq' ? ' and --redis' : '';
  throw new UsageError(
    `the run in '${folder.path}' began with --engine ${folder.engine}: say --engine ${folder.engine}${redis}`,
  );
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

async function preflight(plan: Plan, { quiet }: Flags): Promise<void> {
  removeRemains();
  const longestHoldMs = Math.max(...plan.scenarios.map((scenario) => scenario.bindToConnectMs));
  for (const binder of plan.binders) requireBinder(binder, longestHoldMs);
  requireDescriptors(plan);
  await requireNetworks(plan);
  await requirePeers(plan, (name) => {
    if (!quiet) say(`fetching the Debian package '${name}', once …`);
  });
}

/** 99 where a threshold of `abortOn` ended the run, otherwise nothing. */
function abortStatus({ abortedBy }: RunResult): number | undefined {
  return abortedBy === null ? undefined : EXIT.threshold;
}
