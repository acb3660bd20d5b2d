// Watches a block from outside: how many live sockets stand on the data port at once, and in how many processes.
import { type Endpoint, formatEndpoint } from '../address.ts';
import { systemClock } from '../clock.ts';
import {
  readSocketsAt,
  readSocketsMeeting,
  socketOwners,
  socketTableAvailable,
} from '../net/socket-table.ts';
import type { TableRow } from '../net/table-row.ts';
import { LIVE_STATES } from '../net/tcp-states.ts';
import type { Inside } from './engine.ts';

const LEAST_INTERVAL_MS = 25;
/** Of each kind in one block are enough: many long blocks side by side would otherwise be busy with looking. */
const LOOKS = 2000;
/** Looking costs time that the load wants too: never more than this share of a core for each of the two looks. */
const MAX_SHARE = 0.025;

export interface Watched {
  readonly peak: PortPeak;
  readonly samples: readonly SocketSample[];
}

export interface PortPeak {
  readonly sockets: number;
  /** Most processes that held some of them in one moment; a socket that was closed already has no holder. */
  readonly processes: number;
}

/** Sockets on the data port in one moment (`Clock.nowMs()`); null for what this look did not count. */
export interface SocketSample {
  readonly atMs: number;
  readonly live: number | null;
  readonly timeWait: number | null;
}

export interface Monitor {
  /** Ends the watch. */
  stop(): Promise<Watched>;
}

/**
 * Samples until it is stopped. Without a socket table it sees nothing.
 * @param pids the server's processes as of now
 * @param durationMs of the block
 * @param inside takes each look to where the sockets are
 */
export function watchDataPort(
  local: Endpoint,
  pids: () => readonly number[],
  durationMs: number,
  inside: Inside,
): Monitor {
  const intervalMs = Math.max(LEAST_INTERVAL_MS, durationMs / LOOKS);
  const stopping = new AbortController();
  const samples: SocketSample[] = [];
  let peak: PortPeak = { sockets: 0, processes: 0 };
  const lookAtLive = () => {
    const now = sample(local, pids());
    const { sockets, processes } = peak;
    peak = { sockets: Math.max(sockets, now.sockets), processes: Math.max(processes, now.processes) };
    samples.push({ atMs: systemClock.nowMs(), live: now.sockets, timeWait: null });
  };
  // There may be a hundred thousand of these: counted less often, by what it costs.
  const lookAtTimeWait = () => {
    const timeWait = readSocketsAt(local, ['TIME_WAIT']).length;
    samples.push({ atMs: systemClock.nowMs(), live: null, timeWait });
  };
  const looking = [lookAtLive, lookAtTimeWait].map((look) =>
    lookUntil(stopping.signal, () => inside(look), intervalMs),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(looking);
      return { peak, samples };
    },
  };
}

async function lookUntil(signal: AbortSignal, look: () => void, intervalMs: number): Promise<void> {
  let pauseMs = intervalMs;
  for (;;) {
    // The pause comes first: in the moment when the load begins there is nothing to see yet.
    await systemClock.sleep(pauseMs, signal).catch(() => {});
    if (signal.aborted || !socketTableAvailable()) return;
    const startedAtMs = systemClock.nowMs();
    look();
    pauseMs = Math.max(intervalMs, (systemClock.nowMs() - startedAtMs) / MAX_SHARE);
  }
}

/** A socket lives for a millisecond or two: descriptors are read on both sides, or most owners would be missed. */
function sample(local: Endpoint, pids: readonly number[]): PortPeak {
  const before = socketOwners(pids);
  const live = distinct(readSocketsAt(local, LIVE_STATES));
  const after = socketOwners(pids);
  const holders = new Set(live.flatMap(({ inode }) => before.get(inode) ?? after.get(inode) ?? []));
  return { sockets: live.length, processes: holders.size };
}

/** One that goes from bound to connected while the kernel tells its tables is told twice. */
function distinct(rows: readonly TableRow[]): TableRow[] {
  const keyOf = ({ inode, remote }: TableRow) => (inode === 0 ? formatEndpoint(remote) : inode);
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** Sockets of any kind that are on the endpoint already; TIME_WAIT too, for it decides what a bind meets. */
export function leftOvers(local: Endpoint): number {
  if (!socketTableAvailable()) return 0;
  return readSocketsMeeting(local).length;
}
