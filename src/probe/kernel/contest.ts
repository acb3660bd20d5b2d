// The contest for one local port: a server's data connections as they are made, many at once, by a binder's rule.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../address.ts';
import { createBinder } from '../../binder/binders.ts';
import type { Binder } from '../../binder/types.ts';
import { systemClock } from '../../clock.ts';
import { DataConnectionError } from '../../errors.ts';
import type { Contest, Tally } from './worker-messages.ts';

/** This process's part of it. Bounded by the number of transfers and the schedule of the binder. */
export async function contend(contest: Contest): Promise<Tally> {
  const { concurrent, transfers, timeUnitMs } = contest;
  const binder = createBinder(contest.binder, { timeUnitMs });
  const results: Tally[] = [];
  let begun = 0;
  async function session(): Promise<void> {
    while (begun++ < transfers) results.push(await transfer(binder, contest));
  }
  await Promise.all(Array.from({ length: concurrent }, session));
  return sumOf(results);
}

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      completed: sum.completed + tally.completed,
      collisions: sum.collisions + tally.collisions,
      gaveUp: sum.gaveUp + tally.gaveUp,
      otherFailures: sum.otherFailures + tally.otherFailures,
    }),
    NOTHING,
  );
}

const NOTHING: Tally = { completed: 0, collisions: 0, gaveUp: 0, otherFailures: 0 };

/** The client listens on a port of its own, as in active mode; the server dials back, sends and closes first. */
async function transfer(binder: Binder, contest: Contest): Promise<Tally> {
  const client = createServer((socket) => socket.on('error', () => {}).resume());
  client.listen(0, contest.clientAddress);
  await once(client, 'listening');
  try {
    return { ...NOTHING, completed: 1, collisions: await dialBack(binder, client, contest) };
  } catch (error) {
    return failure(error);
  } finally {
    client.close();
  }
}

/** The collisions that it took. @throws DataConnectionError */
async function dialBack(
  binder: Binder,
  client: Server,
  { local, bindToConnectMs }: Contest,
): Promise<number> {
  const bound = await binder.bind(local);
  await systemClock.sleep(bindToConnectMs);
  const { address, port } = client.address() as Endpoint;
  await ended(await bound.connect({ address, port }));
  return bound.bindCalls - 1;
}

async function ended(socket: Socket): Promise<void> {
  const closed = once(socket, 'close');
  socket.resume().end('transferred');
  await closed;
}

function failure(error: unknown): Tally {
  if (!(error instanceof DataConnectionError)) throw error;
  const gaveUp = error.phase === 'bind' && error.code === 'EADDRINUSE';
  return { ...NOTHING, collisions: gaveUp ? error.bindCalls : 0, [gaveUp ? 'gaveUp' : 'otherFailures']: 1 };
}
