// The states of a TCP socket as Linux numbers them (include/net/tcp_states.h).

export const TCP_STATES = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
  // Asked for by this name, a socket that is bound and not connected is told as CLOSE (sock_diag since Linux 6.8).
  'BOUND_INACTIVE',
] as const;
export type TcpState = (typeof TCP_STATES)[number];

/** The bit of a state in sock_diag's masks. */
export function stateMask(...states: readonly TcpState[]): number {
  return states.reduce((mask, state) => mask | (1 << TCP_STATES.indexOf(state)), 0) >>> 0;
}

/** Sockets that occupy a port by a connection of their own: no listener, and not what a closed one left behind. */
export const LIVE_STATES: readonly TcpState[] = TCP_STATES.filter(
  (state) => state !== 'NONE' && state !== 'TIME_WAIT' && state !== 'LISTEN',
);
