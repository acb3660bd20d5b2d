// How a server waits for its data port: how long between binds, how long in all, and whether it listens meanwhile.
import type { Endpoint } from '../../../address.ts';
import type { HoldFacts, Obstructed, ScheduleFacts } from '../facts.ts';
import { type Prepared, type ProbeRun, prepareTry, SETTLE_MS, scoped } from '../probe-run.ts';
import type { Scope } from '../scope.ts';
import type { TryOutcome } from '../transfer-try.ts';
import { holdInScope } from './hold.ts';

/** How many waits are measured one by one: enough to tell constant from growing. */
const WAITS = 3;
/** Two first waits that differ by more than this are drawn at random. */
const RANDOM_SPREAD = 0.15;

/** Undefined when the server does not wait for a port that is taken. */
export async function observeSchedule(
  run: ProbeRun,
  source: Endpoint,
  holds: HoldFacts,
): Promise<ScheduleFacts | undefined> {
  const firstWaitsMs = Object.values(holds.tries).flatMap(firstWait);
  const [firstMs] = firstWaitsMs;
  if (firstMs === undefined) return undefined;
  const { gaveUp, answersNoop } = await holdToTheEnd(run, source);
  const answersAbort = await abortWhileHeld(run, source, firstMs);
  const longestMs = gaveUp?.afterMs ?? run.patienceMs;
  const waitsMs = isRandom(firstWaitsMs)
    ? [firstMs]
    : await measureWaits(run, source, { firstMs, longestMs });
  const lastWaitIsIdle = await isLastWaitIdle(run, source, { gaveUp, waitsMs });
  return {
    waitsMs,
    firstWaitsMs,
    lastWaitIsIdle,
    gaveUp,
    patienceMs: run.patienceMs,
    answersNoop,
    answersAbort,
  };
}

export function isRandom(firstWaitsMs: readonly number[]): boolean {
  return Math.max(...firstWaitsMs) > Math.min(...firstWaitsMs) * (1 + RANDOM_SPREAD);
}

/** The port was given back right after the first bind had failed: the connection came with the second. */
function firstWait(tried: Obstructed): number[] {
  return tried.kind === 'waited' && tried.until?.kind === 'connected' ? [tried.until.afterMs] : [];
}

function holding(
  run: ProbeRun,
  source: Endpoint,
  watch: (prepared: Prepared, scope: Scope, release: () => void) => Promise<void>,
): Promise<void> {
  return scoped(run, async (scope) => {
    const prepared = await prepareTry(run, scope);
    const holder = await holdInScope(scope, source, 'none');
    prepared.attempt.announce();
    await prepared.attempt.outcome(SETTLE_MS);
    await watch(prepared, scope, () => holder.close());
  });
}

/** Never gives the port back: the server gives up, or the probe does. */
async function holdToTheEnd(
  run: ProbeRun,
  source: Endpoint,
): Promise<Pick<ScheduleFacts, 'gaveUp' | 'answersNoop'>> {
  let answersNoop = false;
  let sessionEnds = false;
  let ending: TryOutcome | undefined;
  await holding(run, source, async ({ session, attempt }, scope) => {
    session.send('NOOP');
    const replies = () => attempt.replyCodes.transfer;
    const answered = () => (attempt.look() === undefined && replies().includes(200)) || undefined;
    answersNoop = (await scope.until(answered, SETTLE_MS)) === true;
    ending = await attempt.outcome(run.patienceMs);
    if (ending?.kind !== 'refused') return;
    sessionEnds = await session.over(SETTLE_MS);
  });
  return { gaveUp: gaveUpOf(ending, sessionEnds), answersNoop };
}

function gaveUpOf(ending: TryOutcome | undefined, sessionEnds: boolean): ScheduleFacts['gaveUp'] {
  if (ending === undefined || ending.kind === 'connected') return undefined;
  const { kind, afterMs } = ending;
  if (kind === 'ended') return { how: kind, afterMs };
  return { how: sessionEnds ? 'refused-and-ended' : kind, afterMs, replyCode: ending.replyCode };
}

/** Any reply that comes before the next bind can: a server that sleeps on its control connection says nothing. */
async function abortWhileHeld(run: ProbeRun, source: Endpoint, firstMs: number): Promise<boolean> {
  let answered = false;
  await holding(run, source, async ({ session }) => {
    session.send('ABOR');
    const reply = await session.next(Math.max(50, (firstMs - SETTLE_MS) / 2));
    answered = reply !== undefined;
  });
  return answered;
}

/** One transfer a wait: the port is given back when its bind of that number has failed, and the next one is timed. */
async function measureWaits(
  run: ProbeRun,
  source: Endpoint,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
): Promise<number[]> {
  const bindsAtMs = [firstMs];
  while (bindsAtMs.length < WAITS) {
    const lastMs = bindsAtMs.at(-1) ?? 0;
    const releaseAtMs = lastMs + Math.min(SETTLE_MS, firstMs / 3);
    if (releaseAtMs > longestMs) break;
    const next = await bindAfter(run, source, releaseAtMs);
    if (next === undefined) break;
    bindsAtMs.push(next);
  }
  return bindsAtMs.map((atMs, index) => atMs - (bindsAtMs[index - 1] ?? 0));
}

async function bindAfter(run: ProbeRun, source: Endpoint, releaseAtMs: number): Promise<number | undefined> {
  let outcome: TryOutcome | undefined;
  await holding(run, source, async ({ attempt }, _scope, release) => {
    outcome = await attempt.outcome(releaseAtMs - SETTLE_MS);
    if (outcome !== undefined) return;
    release();
    outcome = await attempt.outcome(run.patienceMs);
  });
  return outcome?.kind === 'connected' ? outcome.afterMs : undefined;
}

/**
 * Some daemons sleep once more after their last bind. The port is given back during the last wait: a connection
 * means that a bind stands at the end of it. Not asked where it cannot be aimed, at random waits.
 */
async function isLastWaitIdle(
  run: ProbeRun,
  source: Endpoint,
  { gaveUp, waitsMs }: Pick<ScheduleFacts, 'gaveUp' | 'waitsMs'>,
): Promise<boolean> {
  if (gaveUp === undefined || waitsMs.length < 2) return false;
  return (await bindAfter(run, source, gaveUp.afterMs - Math.min(...waitsMs) / 2)) === undefined;
}
