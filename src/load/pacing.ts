// When each transfer of a generator starts: closed sessions one after another, open arrivals by the clock.
import { systemClock } from '../clock.ts';
import { arrivalTimes, drawTimeMs, drawWeighted, risesAbove, seedOf } from '../plan/draws.ts';
import type { Direction, Stage, TimeDistribution, Workload } from '../plan/types.ts';
import { createRandom, type Random } from '../stats/random.ts';
import type { Slot } from './session-pool.ts';
import type { RemoteFile, StartedLoad } from './spec.ts';

/** One transfer as the schedule has it. */
export interface Due {
  readonly index: number;
  readonly atMs: number;
  readonly direction: Direction;
  /** Of an upload, its size alone matters. */
  readonly file: RemoteFile;
}

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
  const random = createRandom(seedOf(load.seed, 'session', slot.number));
  for (let n = 0, freeMs = 0; ; n++) {
    const dueMs = risesAbove(stages, slot.number, freeMs + drawTimeMs(thinkTime, random));
    if (dueMs === undefined || dueMs >= load.scenario.durationMs || pacing.ended()) return;
    await until(startMs + dueMs, pacing.signal);
    if (pacing.ended()) return;
    const index = n * load.scenario.sessions + slot.number;
    const due = { index, atMs: startMs + dueMs, ...whatToTransfer(load, random) };
    if (!(await pacing.transfer(slot, due))) return;
    freeMs = systemClock.nowMs() - startMs;
  }
}

async function runArrivals(load: StartedLoad, startMs: number, pacing: Pacing): Promise<void> {
  const { scenario, seed, share } = load;
  const times = arrivalTimes(scenario.workload, scenario.durationMs, createRandom(seedOf(seed, 'arrivals')));
  const random = createRandom(seedOf(seed, 'transfers'));
  let index = 0;
  for (const atMs of times) {
    if (atMs >= scenario.durationMs) return;
    const due = { index, atMs: startMs + atMs, ...whatToTransfer(load, random) };
    if (turnOf(scenario.workload, index++) % share.of !== share.index) continue;
    await until(due.atMs, pacing.signal);
    if (pacing.ended()) return;
    pacing.arrive(due);
  }
}

/** Bursts are divided one by one: of each, no generator gets more than it has sessions. */
function turnOf(workload: Workload, index: number): number {
  return workload.kind === 'bursts' ? index % workload.size : index;
}

function whatToTransfer({ scenario, files }: StartedLoad, random: Random): Pick<Due, 'direction' | 'file'> {
  return { direction: drawWeighted(scenario.mix, random), file: drawWeighted(files, random) };
}

/** Node's timers count whole milliseconds: what is due within this one starts now rather than late. */
async function until(atMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waitMs = atMs - systemClock.nowMs();
    if (waitMs < 1 || signal.aborted) return;
    await systemClock.sleep(waitMs, signal).catch(() => {}); // `ended` tells
  }
}
