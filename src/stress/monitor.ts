// Watches a block from outside: how many live sockets stand on the data port at once, and in how many processes.
import type { Endpoint } from '../address.ts';
import { systemClock } from '../clock.ts';
import {
  readSocketsAt,
  readSocketsMeeting,
  socketOwners,
  socketTableAvailable,
} from '../net/socket-table.ts';
import { LIVE_STATES } from '../net/tcp-states.ts';

const INTERVAL_MS = 25;
/** Looking costs time that the load wants too: never more than this share of a core. */
const MAX_SHARE = 0.05;

export interface Peak {
  readonly sockets: number;
  /** Most processes that held some of them in one moment; a socket that was closed already has no holder. */
  readonly processes: number;
}

export interface Monitor {
  /** Ends the watch. */
  stop(): Promise<Peak>;
}

/** Samples until it is stopped. Where there is no socket table the peak stays 0. */
export function watchDataPort(local: Endpoint, pids: readonly number[]): Monitor {
  const stopping = new AbortController();
  const sampling = sampleUntil(stopping.signal, local, pids);
  return {
    stop() {
      stopping.abort();
      return sampling;
    },
  };
}

async function sampleUntil(signal: AbortSignal, local: Endpoint, pids: readonly number[]): Promise<Peak> {
  let peak: Peak = { sockets: 0, processes: 0 };
  let pauseMs = INTERVAL_MS;
  for (;;) {
    // The pause comes first: in the moment when the load begins there is nothing to see yet.
    await systemClock.sleep(pauseMs, signal).catch(() => {});
    if (signal.aborted || !socketTableAvailable()) break;
    const startedAtMs = systemClock.nowMs();
    const now = sample(local, pids);
    peak = {
      sockets: Math.max(peak.sockets, now.sockets),
      processes: Math.max(peak.processes, now.processes),
    };
    pauseMs = Math.max(INTERVAL_MS, (systemClock.nowMs() - startedAtMs) / MAX_SHARE);
  }
  return peak;
}

/** A socket lives for a millisecond or two: descriptors are read on both sides, or most owners would be missed. */
function sample(local: Endpoint, pids: readonly number[]): Peak {
  const before = socketOwners(pids);
  const live = readSocketsAt(local, LIVE_STATES);
  const after = socketOwners(pids);
  const holders = new Set(live.flatMap(({ inode }) => before.get(inode) ?? after.get(inode) ?? []));
  return { sockets: live.length, processes: holders.size };
}

/** Sockets of any kind that are on the endpoint already; TIME_WAIT too, for it decides what a bind meets. */
export function leftOvers(local: Endpoint): number {
  if (!socketTableAvailable()) return 0;
  return readSocketsMeeting(local).length;
}
