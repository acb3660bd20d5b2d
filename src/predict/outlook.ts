// What can be said of each contestant of a plan, as data: the forecast, the formulas that apply, and what was measured.
import type { Plan, Scenario } from '../plan/types.ts';
import type { Prediction, StrategyResult } from '../result/types.ts';
import { applicableFormulas, type FormulaValue } from './applicable.ts';
import type { AssumedTimes } from './assumed.ts';
import type { Forecast } from './forecast.ts';
import type { PredictionRequest } from './predict.ts';

/** One contestant in one scenario. */
export interface Outlook {
  readonly scenario: string;
  /** The contestant's name. */
  readonly binder: string;
  /** Null where nothing can be said: another server's rule and hold times are not known. */
  readonly forecast: Forecast | null;
  readonly formulas: readonly FormulaValue[];
  /** Null before a run. */
  readonly measured: Measured | null;
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

export function formulasOf(
  scenario: Scenario,
  found: Forecast | null,
  waits: PredictionRequest['waits'],
): readonly FormulaValue[] {
  const contention = found?.contention ?? null;
  return contention === null ? [] : applicableFormulas(scenario, contention, waits);
}
