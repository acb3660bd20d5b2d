// A second connect(2) over a 4-tuple that is still there: alive, half closed, or in TIME_WAIT.
import type { Endpoint } from '../../address.ts';
import type { RawSocket } from '../../net/raw-socket.ts';
import type { OptionSet } from '../types.ts';
import { requireState } from './holder.ts';
import { type Lab, outcomeOf } from './lab.ts';

export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** The end that dialled, from the shared port. */
  readonly dialler: RawSocket;
  readonly accepted: RawSocket;
}

/** A connection from a shared local port. @throws SystemCallError */
export function connection(lab: Lab, options: OptionSet = 'port'): Connection {
  const local = lab.endpoint();
  const listener = lab.listener(local.address);
  const dialler = lab.bound(local, options);
  dialler.connect(listener.endpoint);
  return { local, remote: listener.endpoint, dialler, accepted: lab.accept(listener.socket) };
}

/** `ok`, or the errno of connecting once more from the same local port to the same peer. */
export function reconnect(lab: Lab, { local, remote }: Connection, options: OptionSet = 'port'): string {
  const again = lab.bound(local, options);
  return outcomeOf(() => again.connect(remote));
}

/** The dialling side closes first and keeps TIME_WAIT. @throws NotRun when it is not seen there */
export function intoTimeWait({ local, dialler, accepted }: Connection): void {
  dialler.close();
  accepted.close();
  requireState(local, 'time-wait');
}

/** The same over a 4-tuple that the dialling side closed first. */
export function reconnectInTimeWait(lab: Lab): string {
  const first = connection(lab);
  intoTimeWait(first);
  return reconnect(lab, first);
}
