// `port20 predict [plan]`: what contention for the port alone will make of a plan, or has made of a run.
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { foresee } from '../predict/outlook.ts';
import { formatPrediction } from '../report/text/predict.ts';
import { readResult } from '../run/store/result-file.ts';
import { EXIT } from './exit.ts';
import { print, textOptions } from './output.ts';
import { FLAGS_WITH_RESULT, type PredictFlags } from './predict-flags.ts';
import { predictResult } from './predict-report.ts';
import { firstSaid } from './said.ts';
import { choosePlan } from './stress-plan.ts';

/** @returns the exit status */
export async function predict(command: Command): Promise<number> {
  const flags: PredictFlags = command.optsWithGlobals();
  const report =
    flags.from === undefined ? await ofPlan(command, flags) : await ofResult(command, flags.from, flags);
  await print(flags.json ? JSON.stringify(report) : formatPrediction(report, textOptions(flags)));
  return EXIT.ok;
}

async function ofPlan(command: Command, flags: PredictFlags) {
  const plan = await choosePlan(command.args[0], flags);
  return foresee(plan, { holdMs: flags.hold, serviceMs: flags.service });
}

/** @throws UsageError for what a result already says */
async function ofResult(command: Command, file: string, { binder }: PredictFlags) {
  if (command.args[0] !== undefined) {
    throw new UsageError(
      `plan '${command.args[0]}' and --from ${file}: a result has its own plan, name one of them`,
    );
  }
  const other = firstSaid(command, (name) => !FLAGS_WITH_RESULT.includes(name));
  if (other !== undefined)
    throw new UsageError(`${other} and --from ${file}: the result says how it was run`);
  return predictResult(await readResult(file), { file, contestants: binder });
}
