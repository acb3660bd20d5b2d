// A second transfer beside a first: while its connection lives, and when only its TIME_WAIT is left.
import type { Endpoint } from '../../../address.ts';
import { readSocketsAt, socketTableAvailable } from '../../../net/socket-table.ts';
import { Catcher } from '../catcher.ts';
import type { Obstructed, OverlapFacts } from '../facts.ts';
import { finish, type Prepared, type ProbeRun, prepareTry, scoped, tryAgainst } from '../probe-run.ts';
import type { Scope } from '../scope.ts';
import { STEP_MS } from '../session.ts';
import type { TryOutcome } from '../transfer-try.ts';

/** TIME_WAIT comes last: it stays for a minute, and nothing can be held beside it. */
export async function observeOverlap(
  run: ProbeRun,
  tableKnowsIt: boolean,
): Promise<{ readonly overlap: OverlapFacts; readonly others: readonly number[] }> {
  const others: number[] = [];
  const seen = (port: number) => others.push(port);
  const livePort = await besideLive(run, 'another port', seen);
  const liveTuple = await besideLive(run, 'the same port', seen);
  return { overlap: { livePort, liveTuple, ...(await behindTimeWait(run, tableKnowsIt, seen)) }, others };
}

/** Told the local port of each first connection, which had nothing in its way. */
type OnFirst = (port: number) => void;

/** The client keeps its end open: at the server the connection is in ESTABLISHED or FIN_WAIT2, and takes its 4-tuple. */
function besideLive(
  run: ProbeRun,
  to: 'another port' | 'the same port',
  seen: OnFirst,
): Promise<Obstructed | undefined> {
  return scoped(run, async (scope) => {
    const { first, outcome } = await connected(run, scope);
    if (outcome?.kind !== 'connected') return undefined;
    seen(outcome.arrival.from.port);
    if (outcome.stage === 'port') first.attempt.transfer();
    const second = await prepareTry(run, scope, to === 'the same port' ? first.catcher : undefined);
    return tryAgainst(run, scope, second, () => outcome.arrival.reset());
  });
}

function behindTimeWait(
  run: ProbeRun,
  tableKnowsIt: boolean,
  seen: OnFirst,
): Promise<Pick<OverlapFacts, 'timeWaitPort' | 'timeWaitTuple'>> {
  return scoped(run, async (scope) => {
    const nothing = { timeWaitPort: undefined, timeWaitTuple: undefined };
    const { first, outcome } = await connected(run, scope);
    if (outcome?.kind !== 'connected') return nothing;
    seen(outcome.arrival.from.port);
    await finish(first, outcome, scope, 'time-wait');
    if (tableKnowsIt && !(await inTimeWait(outcome.arrival.from, scope))) return nothing;
    const toAnother = await Catcher.listen(first.session.local.address, scope);
    const timeWaitPort = await nextTry(run, scope, toAnother);
    return { timeWaitPort, timeWaitTuple: await nextTry(run, scope, first.catcher) };
  });
}

async function connected(
  run: ProbeRun,
  scope: Scope,
): Promise<{ first: Prepared; outcome: TryOutcome | undefined }> {
  const first = await prepareTry(run, scope);
  first.attempt.announce();
  return { first, outcome: await first.attempt.outcome(STEP_MS) };
}

/** What waits here waits for a minute: the probe does not. */
async function nextTry(run: ProbeRun, scope: Scope, catcher: Catcher): Promise<Obstructed> {
  const prepared = await prepareTry(run, scope, catcher);
  return tryAgainst({ ...run, patienceMs: 0 }, scope, prepared, () => {});
}

/** The server has closed first, and so TIME_WAIT is at its end: seen in the kernel's table where there is one. */
async function inTimeWait(server: Endpoint, scope: Scope): Promise<boolean> {
  if (!socketTableAvailable()) return true;
  for (let looks = 0; looks < 20; looks++) {
    if (readSocketsAt(server, ['TIME_WAIT']).length > 0) return true;
    await scope.pause(25);
  }
  return false;
}
