// Ordinary transfers: where the server dials from, when it dials, and when it says that it is done.
import { PreflightError } from '../../../errors.ts';
import { readSocketsAt, socketTableAvailable } from '../../../net/socket-table.ts';
import type { Arrival } from '../catcher.ts';
import type { TransferFact } from '../facts.ts';
import { FINAL_MS, type Prepared, type ProbeRun, prepareTry, SETTLE_MS, scoped } from '../probe-run.ts';
import type { Scope } from '../scope.ts';
import { STEP_MS } from '../session.ts';

/** Enough to tell one port from an accident. */
const TRANSFERS = 3;

/** @throws PreflightError when the server makes no active data connection at all */
export async function observeTransfers(run: ProbeRun): Promise<TransferFact[]> {
  const facts: TransferFact[] = [];
  while (facts.length < TRANSFERS) facts.push(await scoped(run, (scope) => observeOne(run, scope)));
  return facts;
}

async function observeOne(run: ProbeRun, scope: Scope): Promise<TransferFact> {
  const prepared = await prepareTry(run, scope);
  const { attempt } = prepared;
  attempt.announce();
  await attempt.accepted();
  // RFC 959 3.2: a data connection belongs to the transfer command; one that comes in this pause came at PORT.
  const early = await scope.until(() => attempt.arrival, SETTLE_MS);
  attempt.transfer();
  const outcome = await attempt.outcome(STEP_MS);
  if (outcome?.kind !== 'connected') {
    const why = outcome === undefined ? 'no answer' : (attempt.replyCodes.transfer.at(-1) ?? 'session ended');
    throw new PreflightError(`the server made no active data connection: ${why}`);
  }
  const { arrival } = outcome;
  const uid = ownerOf(arrival);
  const end = await watchEnd(prepared, arrival, scope);
  arrival.reset();
  return { from: arrival.from, beforeCommand: early !== undefined, end, uid };
}

/**
 * Our end stays unread, so its state in the kernel tells whether the server's FIN was there when the final reply
 * came: CLOSE_WAIT is a FIN that waits for us, ESTABLISHED is none.
 */
async function watchEnd({ attempt }: Prepared, arrival: Arrival, scope: Scope): Promise<TransferFact['end']> {
  if ((await attempt.final(SETTLE_MS)) !== undefined) {
    const state = arrival.state();
    if (state === undefined) return 'unknown';
    return state === 'CLOSE_WAIT' ? 'fin-first' : 'reply-first';
  }
  arrival.drain(); // more than the buffers hold, or a server that waits for our end
  await scope.until(() => arrival.ended || undefined, STEP_MS);
  if ((await attempt.final(SETTLE_MS)) !== undefined) return 'unknown';
  arrival.reset(); // ends our side as a FIN would, and leaves no TIME_WAIT at the server
  return (await attempt.final(FINAL_MS)) === undefined ? 'unknown' : 'waits-for-peer';
}

/** Of the server's end of the connection, where it is on this machine. */
function ownerOf({ from }: Arrival): number | undefined {
  if (!socketTableAvailable()) return undefined;
  return readSocketsAt(from).find(({ inode }) => inode !== 0)?.uid;
}
