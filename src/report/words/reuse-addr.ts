// What a comparison should say where contestants bind with SO_REUSEADDR alone on a kernel that walks sockets for it.
import { STRATEGIES } from '../../binder/strategies/index.ts';
import { basisInWords, reuseAddrFastPath } from '../../fast-path.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import { enumerate } from './format.ts';

/** Daemons that do so; of a target nobody knows (src/binder/README.md). */
const PEERS: readonly string[] = ['vsftpd', 'proftpd'];

/** Empty where nothing is compared, nobody binds so, or the kernel has the fast path. */
export function slowReuseAddr({
  host,
  strategies,
}: Pick<RunResult, 'host' | 'strategies'>): readonly string[] {
  const known = reuseAddrFastPath(host.platform, host.kernel);
  const names = [...new Set(strategies.map(({ contestant }) => contestant))];
  const slow = [...new Set(strategies.filter(bindsByReuseAddr).map(({ contestant }) => contestant))];
  if (known === null || known.has || slow.length === 0 || names.length < 2) return [];
  const verb = slow.length === 1 ? 'binds' : 'bind';
  return [
    `${enumerate(slow)} ${verb} with SO_REUSEADDR alone, for which Linux ${host.kernel} walks every socket on the port (${basisInWords(known)}): transfers/s falls with what is left in TIME_WAIT, as it does on Linux from 6.8 on, and not on 6.1`,
  ];
}

function bindsByReuseAddr({ contestant, kind, binder }: StrategyResult): boolean {
  if (kind === 'peer') return PEERS.includes(contestant.replace(/#\d+$/, ''));
  if (binder === null) return false;
  const { options } = STRATEGIES[binder];
  return options.includes('SO_REUSEADDR') && !options.includes('SO_REUSEPORT');
}
