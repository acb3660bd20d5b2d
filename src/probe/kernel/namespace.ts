// The TIME_WAIT experiment under a setting of our own choice, in a network namespace that is ours alone.
import { raiseLoopback } from '../../net/loopback-interface.ts';
import { writeSysctl } from '../../net/proc.ts';
import { Lab } from './lab.ts';
import { reconnectInTimeWait } from './reconnect.ts';
import type { Timestamps } from './worker-messages.ts';

/** Call it in a fresh namespace only: it changes its settings. `ok`, or the errno of the second connect(2). */
export function reconnectWith(timestamps: Timestamps): string {
  raiseLoopback();
  writeSysctl('net.ipv4.tcp_timestamps', timestamps);
  const lab = new Lab();
  try {
    return reconnectInTimeWait(lab);
  } finally {
    lab.closeSockets();
  }
}
