// What came of a shard against what the plan gave it: each arrival once, none of another's, none missing.
import { arrivalsOf } from '../../load/schedule.ts';
import type { LoadSpec } from '../../load/spec.ts';
import type { Attempt } from '../../result/attempt.ts';

/**
 * Undefined where the sums are the plan's. A load that was ended early may lack arrivals, and a closed one ends when its
 * time is over: of these only what is too much is told.
 */
export function shardProblem(
  load: LoadSpec,
  attempts: readonly Attempt[],
  { wasStopped = false, lostSessions = 0 } = {},
): string | undefined {
  const seen = new Set<number>();
  for (const { index } of attempts) {
    if (seen.has(index)) return `transfer ${index} is counted twice`;
    seen.add(index);
  }
  const { scenario, transfers } = load;
  if (transfers > 0 && seen.size > transfers) return `${seen.size} transfers of ${transfers}`;
  if (scenario.workload.kind === 'closed') return strangeSession(load, attempts);
  const planned = plannedArrivals(load);
  const strange = [...seen].find((index) => !planned.has(index));
  if (strange !== undefined) return `arrival ${strange} is not one of its own`;
  // Without a session nothing is due any more.
  if (wasStopped || lostSessions > 0 || seen.size === planned.size) return undefined;
  return `${seen.size} of the plan's ${planned.size} arrivals`;
}

function plannedArrivals(load: LoadSpec): ReadonlySet<number> {
  const planned = new Set<number>();
  for (const { index } of arrivalsOf(load)) {
    if (load.transfers > 0 && planned.size === load.transfers) break;
    planned.add(index);
  }
  return planned;
}

function strangeSession({ sessions, scenario }: LoadSpec, attempts: readonly Attempt[]): string | undefined {
  const own = new Set(sessions.map(({ number }) => number));
  const strange = attempts.find(
    ({ session, index }) => !own.has(session) || index % scenario.sessions !== session,
  );
  return strange === undefined ? undefined : `transfer ${strange.index} is not of a session of its own`;
}
