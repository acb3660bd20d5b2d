// What the curves say about SO_REUSEADDR, and a short trial that says it in some tens of milliseconds.
import { socketAddress, TimedSocket } from '../../net/bind-cost.ts';
import { BIND_OPTIONS } from '../bind-options.ts';
import type { CostReport, CostTrend, OptionSet } from '../types.ts';
import { freshEndpoint } from './fresh-endpoint.ts';

/** `present` needs every curve of it to be constant, `absent` one that grows. */
export function fastPathOf(trends: readonly CostTrend[]): CostReport['reuseAddrFastPath'] {
  const verdicts = trends
    .filter(({ call, options }) => call === 'bind' && options === 'addr')
    .map(({ verdict }) => verdict);
  if (verdicts.includes('growing')) return 'absent';
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'constant') ? 'present' : 'unknown';
}

export interface BindTrial {
  /** Sockets that were bound to the port already. */
  readonly sockets: number;
  /** The quickest of many binds, in microseconds: what other programs add is left out. */
  readonly reuseAddrMicroseconds: number;
  readonly reusePortMicroseconds: number;
}

const CALLS = 51;

/** Linux only. Every socket is closed again. @throws PreflightError, FfiUnavailableError, SystemCallError */
export function tryBinds(sockets: number): BindTrial {
  return {
    sockets,
    reuseAddrMicroseconds: quickestBind('addr', sockets),
    reusePortMicroseconds: quickestBind('port', sockets),
  };
}

/** SO_REUSEPORT has a fast path on every kernel; a walk along a thousand sockets takes five times as long and more. */
export function walksSockets({ reuseAddrMicroseconds, reusePortMicroseconds }: BindTrial): boolean {
  return reuseAddrMicroseconds > 3 * reusePortMicroseconds;
}

function quickestBind(options: OptionSet, sockets: number): number {
  const { address, port } = freshEndpoint();
  const local = socketAddress(address, port);
  const open: TimedSocket[] = [];
  const bound = () => {
    const socket = TimedSocket.open(BIND_OPTIONS[options], { resetOnClose: false });
    open.push(socket);
    return socket.bind(local);
  };
  try {
    for (let i = 0; i < sockets; i++) bound();
    return Math.min(...Array.from({ length: CALLS }, bound)) / 1000;
  } finally {
    for (const socket of open) socket.close();
  }
}
