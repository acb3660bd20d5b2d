// When each transfer of a generator starts: closed sessions one after another, open arrivals by the clock.
import { systemClock } from '../clock.ts';
import { risesAbove } from '../plan/draws.ts';
import type { Stage, TimeDistribution } from '../plan/types.ts';
import { type Arrival, arrivalsOf, transfersOf } from './schedule.ts';
import type { Slot } from './session-pool.ts';
import type { StartedLoad } from './spec.ts';

/** One transfer as the schedule has it, at a moment of `Clock.nowMs()`. */
export type Due = Arrival;

export interface Pacing {
  /** Runs one transfer; false when the slot has no session any more. Does not reject. */
  transfer(slot: Slot, due: Due): Promise<boolean>;
  /** An arrival is due: starts its transfer on a session that is idle, or drops it. */
  arrive(due: Due): void;
  /** Whether the load is over, by count or by order. */
  ended(): boolean;
  /** Aborted with the load. */
  readonly signal: AbortSignal;
}

/** Resolves when nothing is due any more; what has arrived may still be in flight. */
export async function pace(
  load: StartedLoad,
  slots: readonly Slot[],
  startMs: number,
  pacing: Pacing,
): Promise<void> {
  const { workload } = load.scenario;
  if (workload.kind !== 'closed') return runArrivals(load, startMs, pacing);
  const { thinkTime, stages } = workload;
  await Promise.all(slots.map((slot) => runSession({ load, thinkTime, stages, startMs }, slot, pacing)));
}

interface ClosedLoad {
  readonly load: StartedLoad;
  readonly thinkTime: TimeDistribution;
  readonly stages: readonly Stage[];
  readonly startMs: number;
}

/** A session thinks before each transfer, its first one too: sessions that think start spread out, as they go on. */
async function runSession({ load, thinkTime, stages, startMs }: ClosedLoad, slot: Slot, pacing: Pacing) {
  let n = 0;
  let freeMs = 0;
  for (const { thinkMs, ...what } of transfersOf(load, slot.number, thinkTime)) {
    const dueMs = risesAbove(stages, slot.number, freeMs + thinkMs);
    if (dueMs === undefined || dueMs >= load.scenario.durationMs || pacing.ended()) return;
    await until(startMs + dueMs, pacing.signal);
    if (pacing.ended()) return;
    const index = n++ * load.scenario.sessions + slot.number;
    if (!(await pacing.transfer(slot, { index, atMs: startMs + dueMs, ...what }))) return;
    freeMs = systemClock.nowMs() - startMs;
  }
}

async function runArrivals(load: StartedLoad, startMs: number, pacing: Pacing): Promise<void> {
  for (const arrival of arrivalsOf(load)) {
    const due = { ...arrival, atMs: startMs + arrival.atMs };
    await until(due.atMs, pacing.signal);
    if (pacing.ended()) return;
    pacing.arrive(due);
  }
}

/** Node's timers count whole milliseconds: what is due within this one starts now rather than late. */
async function until(atMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waitMs = atMs - systemClock.nowMs();
    if (waitMs < 1 || signal.aborted) return;
    await systemClock.sleep(waitMs, signal).catch(() => {}); // `ended` tells
  }
}
