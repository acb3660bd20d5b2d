// What can be said of each contestant of a plan, as data: the forecast, the formulas that apply, and what was measured.
import type { BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { binderOf, contestantsOf, waitsOfContestant } from '../plan/contestants.ts';
import { drawsOf, seedOf } from '../plan/draws.ts';
import type { Contestant, Plan, Scenario } from '../plan/types.ts';
import { quoted } from '../quoted.ts';
import { tellingBlocksOf } from '../result/telling.ts';
import type { BlockResult, Prediction, RunResult, StrategyResult } from '../result/types.ts';
import { createRandom } from '../stats/random.ts';
import { applicableFormulas, type FormulaValue } from './applicable.ts';
import { type AssumedTimes, assumedTransfer, withHoldTimes } from './assumed.ts';
import { type Forecast, forecast, LEAST_REPLICATIONS } from './forecast.ts';
import { loadOf } from './inputs.ts';
import { type Explanation, explainContestant } from './predict.ts';
import { type Budget, TooManyEvents } from './simulation.ts';

/** One contestant in one scenario. */
export interface Outlook {
  readonly scenario: string;
  readonly contestant: string;
  /** Null where it is none of ours. */
  readonly binder: BinderName | null;
  /** Null where nothing can be said: another server's rule and hold times are not known. */
  readonly forecast: Forecast | null;
  readonly formulas: readonly FormulaValue[];
  /** Before a run, whose hold nobody knows; null after it, and where the port is never held. */
  readonly ifHold: HoldSensitivity | null;
  /** Null before a run. */
  readonly measured: Measured | null;
}

/** What becomes of the failure rate where each holds the port a little shorter, or longer, than was assumed. */
export interface HoldSensitivity {
  /** By this share: .1. */
  readonly by: number;
  readonly shorter: number;
  readonly longer: number;
}

/** `verdict` null with the forecast. */
export type Measured = Pick<StrategyResult, 'failureRate' | 'interval' | 'completed' | 'failed'> & {
  readonly verdict: Prediction['verdict'] | null;
};

export interface PredictionReport {
  readonly requested: Plan;
  /** Null where the times are measured ones. */
  readonly assumed: AssumedTimes | null;
  /** Scenario by scenario, in the plan's order. */
  readonly rows: readonly Outlook[];
}

/** Of all blocks that are simulated before a run: some seconds. Nobody waits for more to learn what a plan is about. */
const MAX_EVENTS = 15_000_000;

/** Before a run. @throws UsageError for blocks that would take too long to simulate */
export function foresee(plan: Plan, assumed: AssumedTimes): PredictionReport {
  const budget = { events: MAX_EVENTS, blocks: LEAST_REPLICATIONS };
  const told = within(budget);
  const rows = eachContestant(plan, (scenario, contestant) => {
    const foreseen = (factor: number) => told(plan, scenario, contestant, { assumed, factor });
    const found = foreseen(1);
    return {
      ...outlookOf(plan, scenario, contestant, found),
      ifHold: (found?.contention ?? null) === null ? null : sensitivityOf(foreseen),
      measured: null,
    };
  });
  return { requested: plan, assumed, rows };
}

/** After a run, with its measured times. */
export function explainResult({ requested: plan, blocks, strategies }: RunResult): PredictionReport {
  const rows = eachContestant(plan, (scenario, contestant) => {
    const place = { scenario: scenario.name, contestant: contestant.name };
    const found = explainBlocks(plan, scenario, contestant, tellingBlocksOf(blocks, place));
    const measured = strategies.find(
      (one) => one.scenario === place.scenario && one.contestant === place.contestant,
    );
    return {
      ...outlookOf(plan, scenario, contestant, found?.forecast ?? null),
      ifHold: null,
      measured: measured === undefined ? null : measuredOf(measured, found?.verdict ?? null),
    };
  });
  return { requested: plan, assumed: null, rows };
}

/** From these blocks' own times, with arrivals drawn as the load draws them: whoever asks gets the same. */
export function explainBlocks(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  blocks: readonly BlockResult[],
): Explanation | null {
  return explainContestant({
    ...{ scenario, contestant, blocks, waits: waitsOfContestant(plan, contestant) },
    draws: drawsOf(scenario),
    processes: plan.workers,
    seed: seedFor(plan, scenario, contestant),
  });
}

function within(budget: Budget) {
  return (plan: Plan, scenario: Scenario, contestant: Contestant, hold: AssumedHold): Forecast | null => {
    try {
      return forecastOf(plan, scenario, contestant, hold, budget);
    } catch (error) {
      if (!(error instanceof TooManyEvents)) throw error;
      throw new UsageError(
        `scenario ${quoted(scenario.name)}: its blocks are too long to be simulated (more than ${MAX_EVENTS} events in all): lower duration or sessions`,
        { cause: error },
      );
    }
  };
}

/** A port that is nearly always taken turns a hold of a few per cent more into many more failures. */
const HOLD_VARIED_BY = 0.1;

function sensitivityOf(foreseen: (factor: number) => Forecast | null): HoldSensitivity | null {
  const [shorter, longer] = [foreseen(1 - HOLD_VARIED_BY), foreseen(1 + HOLD_VARIED_BY)];
  if (shorter === null || longer === null) return null;
  return { by: HOLD_VARIED_BY, shorter: shorter.failureRate, longer: longer.failureRate };
}

/** The times, each hold of them times `factor`. */
interface AssumedHold {
  readonly assumed: AssumedTimes;
  readonly factor: number;
}

function forecastOf(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  { assumed, factor }: AssumedHold,
  budget: Budget,
): Forecast | null {
  const binder = binderOf(contestant);
  if (binder === null) return null;
  const inputs = { binder, waits: waitsOfContestant(plan, contestant), processes: plan.workers };
  const transfer = withHoldTimes(assumedTransfer(scenario, inputs, assumed), factor);
  const random = createRandom(seedFor(plan, scenario, contestant));
  return forecast(loadOf(scenario, drawsOf(scenario)), [transfer], { blocks: plan.blocks, random, budget });
}

function outlookOf(
  plan: Plan,
  scenario: Scenario,
  contestant: Contestant,
  found: Forecast | null,
): Omit<Outlook, 'measured' | 'ifHold'> {
  const contention = found?.contention ?? null;
  const waits = waitsOfContestant(plan, contestant);
  return {
    scenario: scenario.name,
    contestant: contestant.name,
    binder: binderOf(contestant),
    forecast: found,
    formulas: contention === null ? [] : applicableFormulas(scenario, contention, waits),
  };
}

function measuredOf(
  { failureRate, interval, completed, failed }: StrategyResult,
  verdict: Measured['verdict'],
): Measured {
  return { failureRate, interval, completed, failed, verdict };
}

function seedFor(plan: Plan, scenario: Scenario, contestant: Contestant): number {
  return seedOf(plan.seed, 'prediction', scenario.name, contestant.name);
}

function eachContestant<T>(plan: Plan, tell: (scenario: Scenario, contestant: Contestant) => T): T[] {
  return plan.scenarios.flatMap((scenario) =>
    contestantsOf(plan).map((contestant) => tell(scenario, contestant)),
  );
}
