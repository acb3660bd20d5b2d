// A prediction for each contestant of a plan, with assumed times; or of a saved result, with its measured ones.
import type { BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { contestantsOf, waitsOfContestant } from '../plan/contestants.ts';
import { drawsOf, seedOf } from '../plan/draws.ts';
import type { Contestant, Plan, Scenario } from '../plan/types.ts';
import { type AssumedTimes, assumedTransfer } from '../predict/assumed.ts';
import { type Forecast, forecast } from '../predict/forecast.ts';
import { loadOf } from '../predict/inputs.ts';
import { formulasOf, type Measured, type Outlook, type PredictionReport } from '../predict/outlook.ts';
import { explainContestant } from '../predict/predict.ts';
import { isTelling } from '../result/telling.ts';
import type { RunResult } from '../result/types.ts';
import { createRandom } from '../stats/random.ts';

/** Before a run. */
export function predictPlan(plan: Plan, assumed: AssumedTimes): PredictionReport {
  const rows = eachContestant(plan, (scenario, contestant): Outlook => {
    const found = contestant.kind === 'binder' ? forecastOf(plan, scenario, contestant, assumed) : null;
    return { ...rowOf(plan, scenario, contestant, found), measured: null };
  });
  return { requested: plan, assumed, rows };
}

function forecastOf(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant & { readonly binder: BinderName },
  assumed: AssumedTimes,
): Forecast | null {
  const waits = waitsOfContestant(plan, contestant);
  const inputs = { binder: contestant.binder, waits, processes: plan.workers };
  const transfer = assumedTransfer(scenario, inputs, assumed);
  const random = createRandom(seedFor(plan, scenario, contestant));
  return forecast(loadOf(scenario, drawsOf(scenario)), transfer, { blocks: plan.blocks, random });
}

export interface ResultSelection {
  /** Where the result is from, for messages. */
  readonly file: string;
  /** Strategies to tell of; all when undefined. */
  readonly binders: readonly string[] | undefined;
}

/** After a run. @throws UsageError for a result without contention times, or without these contestants */
export function predictResult(result: RunResult, { file, binders }: ResultSelection): PredictionReport {
  if (!result.blocks.some(({ contention }) => contention)) {
    throw new UsageError(
      `'${file}' has no hold times: no block of it has the server's view, or it is of an earlier port20`,
    );
  }
  const plan = result.requested;
  const known = contestantsOf(plan).map(({ name }) => name);
  const unknown = binders?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`'${file}' has no '${unknown}': it has ${known.join(', ')}`);
  const rows = eachContestant(plan, (scenario, contestant) => explained(result, scenario, contestant));
  return {
    requested: plan,
    assumed: null,
    rows: rows.filter(({ binder }) => binders?.includes(binder) ?? true),
  };
}

function explained(result: RunResult, scenario: Scenario, contestant: Contestant): Outlook {
  const plan = result.requested;
  const ofThis = (one: { readonly scenario: string; readonly binder: string }) =>
    one.scenario === scenario.name && one.binder === contestant.name;
  const waits = waitsOfContestant(plan, contestant);
  const processes = plan.workers;
  const seed = seedFor(plan, scenario, contestant);
  const blocks = result.blocks.filter((block) => isTelling(block) && ofThis(block));
  const found = explainContestant({
    scenario,
    contestant,
    blocks,
    waits,
    processes,
    draws: drawsOf(scenario),
    seed,
  });
  const measured = result.strategies.find(ofThis);
  return {
    ...rowOf(plan, scenario, contestant, found?.forecast ?? null),
    measured: measured === undefined ? null : measuredOf(measured, found?.verdict ?? null),
  };
}

function measuredOf(
  { failureRate, interval, completed, failed }: RunResult['strategies'][number],
  verdict: Measured['verdict'],
): Measured {
  return { failureRate, interval, completed, failed, verdict };
}

function rowOf(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  found: Forecast | null,
): Omit<Outlook, 'measured'> {
  const formulas = formulasOf(scenario, found, waitsOfContestant(plan, contestant));
  return { scenario: scenario.name, binder: contestant.name, forecast: found, formulas };
}

/** The seed of `stress`'s own prediction: both say the same of the same result. */
function seedFor(plan: Plan, scenario: Scenario, contestant: Contestant): number {
  return seedOf(plan.seed, 'prediction', scenario.name, contestant.name);
}

function eachContestant<T>(plan: Plan, tell: (scenario: Scenario, contestant: Contestant) => T): T[] {
  return plan.scenarios.flatMap((scenario) =>
    contestantsOf(plan).map((contestant) => tell(scenario, contestant)),
  );
}
