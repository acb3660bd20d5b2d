// The holder of a port, brought into each state that a second bind(2) may meet.
import { type Endpoint, familyOf } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { errorCodeOf } from '../../errors.ts';
import type { RawSocket } from '../../net/raw-socket.ts';
import { readSocketsAt } from '../../net/socket-table.ts';
import type { TcpState } from '../../net/tcp-states.ts';
import type { HolderState, OptionSet } from '../types.ts';
import type { Lab, Listener } from './lab.ts';
import { NotRun } from './not-run.ts';

/** As Linux calls them; a socket that is only bound is in CLOSE, and told by few kernels: its own name proves it. */
const TCP_STATE: Readonly<Record<Exclude<HolderState, 'bound'>, TcpState>> = {
  'syn-sent': 'SYN_SENT',
  established: 'ESTABLISHED',
  'fin-wait-2': 'FIN_WAIT2',
  'time-wait': 'TIME_WAIT',
  listen: 'LISTEN',
};

/** A peer for holders in `state`, on the same loopback address. */
export function peerFor(lab: Lab, state: HolderState, address: string): Listener | undefined {
  if (state === 'bound' || state === 'listen') return undefined;
  if (state !== 'syn-sent') return lab.listener(address);
  // One connection fills a backlog of 0; the SYN of the next is dropped, and it stays in SYN_SENT for its retries.
  const full = lab.listener(address, 0);
  lab.open({ family: familyOf(address) }).connect(full.endpoint);
  // The connection is in the queue only once the listener has had the last ACK of the handshake (RFC 9293 §3.5).
  portsInState(address, 'established', [full.endpoint.port]);
  return full;
}

/** Puts a holder with `options` on `local` and brings it into `state`. @throws SystemCallError */
export function hold(
  lab: Lab,
  { state, options, local, peer }: Holding & { readonly peer?: Listener | undefined },
): void {
  const socket = lab.bound(local, options, { nonBlocking: state === 'syn-sent', listen: state === 'listen' });
  if (peer === undefined) return;
  if (state === 'syn-sent') {
    connectWithoutWaiting(socket, peer.endpoint);
    return;
  }
  socket.connect(peer.endpoint);
  const accepted = lab.accept(peer.socket);
  if (state === 'fin-wait-2') socket.shutdownWrite();
  if (state === 'time-wait') {
    socket.close(); // the first to close keeps TIME_WAIT: RFC 9293 §3.6
    accepted.close();
  }
}

export interface Holding {
  readonly state: HolderState;
  readonly options: OptionSet;
  readonly local: Endpoint;
}

/** EINPROGRESS is what a connect(2) that does not wait is expected to say. */
function connectWithoutWaiting(socket: RawSocket, remote: Endpoint): void {
  try {
    socket.connect(remote);
  } catch (error) {
    if (errorCodeOf(error) !== 'EINPROGRESS') throw error;
  }
}

/** For an experiment that means nothing unless `local` is in `state`. @throws NotRun */
export function requireState({ address, port }: Endpoint, state: Exclude<HolderState, 'bound'>): void {
  if (portsInState(address, state, [port]).has(port)) return;
  throw new NotRun(`a socket seen in ${TCP_STATE[state]} by the kernel's own table`);
}

/**
 * A state may be another host's to give: FIN_WAIT2 waits for an ACK, which the peer may delay by 200 ms (Linux; 500 by
 * RFC 9293 §3.8.6.3), and one that a full queue dropped is sent again after a second.
 */
const LONGEST_WAIT_MS = 5000;
const BETWEEN_LOOKS_MS = 1;

/**
 * The local ports of `address` that are in `state`, by the kernel's own table. Waits for those that are `expected`, and
 * stops the event loop meanwhile; those missing after five seconds did not get there.
 */
export function portsInState(
  address: string,
  state: Exclude<HolderState, 'bound'>,
  expected: readonly number[],
): ReadonlySet<number> {
  const giveUpAtMs = systemClock.nowMs() + LONGEST_WAIT_MS;
  for (;;) {
    const rows = readSocketsAt({ address, port: 0 }, [TCP_STATE[state]]);
    const ports = new Set(rows.map(({ local }) => local.port));
    if (expected.every((port) => ports.has(port)) || systemClock.nowMs() > giveUpAtMs) return ports;
    pause(BETWEEN_LOOKS_MS);
  }
}

/** Blocks this thread, as every call of an experiment does. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
