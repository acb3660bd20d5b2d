// What a generator is to start and when, drawn from the plan's seed alone: however many share a load, together they have the same.
import { arrivalTimes, drawTimeMs, drawWeighted, seedOf } from '../plan/draws.ts';
import type { Direction, TimeDistribution, Workload } from '../plan/types.ts';
import { createRandom, type Random } from '../stats/random.ts';
import type { LoadSpec, RemoteFile } from './spec.ts';

/** Of a load, what its schedule depends on. */
export type ScheduledLoad = Pick<LoadSpec, 'scenario' | 'seed' | 'share' | 'files'>;

/** What one transfer is. */
export interface Drawn {
  readonly direction: Direction;
  /** Of an upload, its size alone matters. */
  readonly file: RemoteFile;
}

/** A transfer that is due at a time of its own. */
export interface Arrival extends Drawn {
  /** Through the whole load, whoever carries it. */
  readonly index: number;
  /** From the start of the load. */
  readonly atMs: number;
}

/**
 * The arrivals of an open workload, or of bursts, that this share of the load starts, in the order of time; none of a
 * closed one. All shares draw the same, and each leaves out what is another's.
 */
export function* arrivalsOf(load: ScheduledLoad): Generator<Arrival> {
  const { scenario, seed, share } = load;
  const times = arrivalTimes(scenario.workload, scenario.durationMs, createRandom(seedOf(seed, 'arrivals')));
  const random = createRandom(seedOf(seed, 'transfers'));
  let index = 0;
  for (const atMs of times) {
    if (atMs >= scenario.durationMs) return;
    const arrival = { index, atMs, ...draw(load, random) };
    if (turnOf(scenario.workload, index++) % share.of === share.index) yield arrival;
  }
}

/** Bursts are divided one by one: of each, no generator gets more than it has sessions. */
function turnOf(workload: Workload, index: number): number {
  return workload.kind === 'bursts' ? index % workload.size : index;
}

/** The transfers of one session of a closed workload, without end, each with the pause before it. */
export function* transfersOf(
  load: ScheduledLoad,
  session: number,
  thinkTime: TimeDistribution,
): Generator<Drawn & { readonly thinkMs: number }> {
  const random = createRandom(seedOf(load.seed, 'session', session));
  for (;;) yield { thinkMs: drawTimeMs(thinkTime, random), ...draw(load, random) };
}

function draw({ scenario, files }: ScheduledLoad, random: Random): Drawn {
  return { direction: drawWeighted(scenario.mix, random), file: drawWeighted(files, random) };
}
