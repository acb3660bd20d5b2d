// What all experiments of one fingerprint share: the target, the patience, and how a transfer is tried and ended.
import { Catcher } from './catcher.ts';
import type { Ending, Obstructed } from './facts.ts';
import { inScope, type Scope } from './scope.ts';
import { ProbeSession, type ServerTarget } from './session.ts';
import { TransferTry, type TryOutcome } from './transfer-try.ts';

export interface ProbeRun {
  readonly target: ServerTarget;
  readonly signal: AbortSignal | undefined;
  /** Bound for watching one transfer that waits. */
  readonly patienceMs: number;
}

/**
 * A server that has not dialled by then is waiting: far more than a bind and a connect take, far less than the
 * shortest sleep of any daemon, one second.
 */
export const SETTLE_MS = 250;
/** How long the last reply of a finished transfer may take before it counts as waiting for us. */
export const FINAL_MS = 1000;

/** Session, catcher and try, ready to go. */
export async function prepareTry(run: ProbeRun, scope: Scope, catcher?: Catcher): Promise<Prepared> {
  const session = await ProbeSession.open(run.target, scope);
  const at = catcher ?? (await Catcher.listen(session.local.address, scope));
  return { session, catcher: at, attempt: new TransferTry(session, at, scope, run.target) };
}

export interface Prepared {
  readonly session: ProbeSession;
  readonly catcher: Catcher;
  readonly attempt: TransferTry;
}

/** Lets a connected transfer run to its end. With `reset` nothing of it stays in the kernel, else a TIME_WAIT. */
export async function finish(
  { attempt }: Prepared,
  outcome: TryOutcome | undefined,
  scope: Scope,
  how: 'reset' | 'time-wait',
): Promise<void> {
  if (outcome?.kind !== 'connected') return;
  const { arrival, stage } = outcome;
  if (stage === 'port') {
    await attempt.accepted().catch(() => {});
    attempt.transfer();
  }
  arrival.drain();
  await scope.until(() => arrival.ended || undefined, FINAL_MS);
  if (how === 'time-wait') arrival.finish();
  await attempt.final(how === 'time-wait' ? FINAL_MS : SETTLE_MS);
  if (how === 'reset') arrival.reset(); // by now the reply is there, or waits for our end
}

/** Tries one transfer against an obstacle; `lift` removes it when the server turns out to wait. */
export async function tryAgainst(
  run: ProbeRun,
  scope: Scope,
  prepared: Prepared,
  lift: () => void,
): Promise<Obstructed> {
  prepared.attempt.announce();
  const outcome = await prepared.attempt.outcome(SETTLE_MS);
  if (outcome !== undefined) {
    await finish(prepared, outcome, scope, 'reset');
    return obstructed(outcome);
  }
  lift();
  const later = await prepared.attempt.outcome(run.patienceMs);
  await finish(prepared, later, scope, 'reset');
  return { kind: 'waited', until: later && endingOf(later) };
}

function obstructed(outcome: TryOutcome): Obstructed {
  if (outcome.kind !== 'connected') return outcome;
  return { kind: 'connected', from: outcome.arrival.from, afterMs: outcome.afterMs };
}

function endingOf(outcome: TryOutcome): Ending {
  const { kind, afterMs } = outcome;
  return kind === 'refused' ? { kind, afterMs, replyCode: outcome.replyCode } : { kind, afterMs };
}

export function scoped<T>(run: ProbeRun, experiment: (scope: Scope) => Promise<T>): Promise<T> {
  return inScope(run.signal, experiment);
}
