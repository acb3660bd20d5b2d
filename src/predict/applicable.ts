// Which of the formulas speak of a load, and what they say of it.
import type { WaitRange } from '../binder/types.ts';
import type { Scenario } from '../plan/types.ts';
import type { Contention } from './forecast.ts';
import {
  failureRateBound,
  fairQueueFailureRate,
  freeInstants,
  lockstepFailureRate,
  oneTryFailureRate,
  spreadTriesFailureRate,
} from './formulas.ts';

export type FormulaName = 'first-hold' | 'lockstep' | 'one-try' | 'spread-tries' | 'bound' | 'fair-queue';

export interface FormulaValue {
  readonly name: FormulaName;
  readonly failureRate: number;
}

/** The long run: a load that lasts for so many holds, and for so many whole schedules. */
const LONG_RUN_HOLDS = 10;
const LONG_RUN_SCHEDULES = 3;

/** In the order in which they tell most. */
export function applicableFormulas(
  scenario: Pick<Scenario, 'workload' | 'sessions' | 'durationMs'>,
  { transfers, holdMs, overMs, offeredLoad }: Contention,
  waits: readonly WaitRange[],
): FormulaValue[] {
  const { workload, sessions, durationMs } = scenario;
  if (holdMs > overMs) return [value('first-hold', 1 - 1 / transfers)];
  if (workload.kind === 'bursts') return lockstep(workload, sessions, holdMs, waits);
  const shortestRunMs = Math.max(LONG_RUN_HOLDS * holdMs, LONG_RUN_SCHEDULES * sumMs(waits));
  if (durationMs < shortestRunMs) return [];
  const bound = value('bound', failureRateBound(offeredLoad));
  if (waits.length === 0) {
    const atRandom = workload.kind === 'open' && workload.arrivals === 'poisson';
    return atRandom ? [value('one-try', oneTryFailureRate(offeredLoad)), bound] : [bound];
  }
  return [
    ...(isSpreadOut(waits, holdMs)
      ? [value('spread-tries', spreadTriesFailureRate(offeredLoad, waits.length + 1))]
      : []),
    bound,
    value('fair-queue', fairQueueFailureRate(offeredLoad, sumMs(waits) / holdMs)),
  ];
}

/** Only for bursts that have the port to themselves, on a schedule without chance. */
function lockstep(
  { everyMs, size }: { readonly everyMs: number; readonly size: number },
  sessions: number,
  holdMs: number,
  waits: readonly WaitRange[],
): FormulaValue[] {
  const byChance = waits.some(({ minMs, maxMs }) => minMs !== maxMs);
  if (byChance || everyMs < sumMs(waits) + holdMs) return [];
  return [value('lockstep', lockstepFailureRate(Math.min(size, sessions), freeInstants(waits, holdMs)))];
}

function isSpreadOut(waits: readonly WaitRange[], holdMs: number): boolean {
  return waits.length > 0 && sumMs(waits) / waits.length > holdMs;
}

function sumMs(waits: readonly WaitRange[]): number {
  return waits.reduce((sum, { maxMs }) => sum + maxMs, 0);
}

function value(name: FormulaName, failureRate: number): FormulaValue {
  return { name, failureRate };
}
