// Check of what a bind with SO_REUSEADDR alone costs on this kernel: tried where that can be, else known by its version.
import { basisInWords, reuseAddrFastPath } from '../../../fast-path.ts';
import { walksSockets } from '../../cost/fast-path.ts';
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

const ADVICE =
  'Use --binder reuse-port or reuse-both where a server closes first: with SO_REUSEADDR alone it slows down by what it leaves in TIME_WAIT, on Linux from 6.8 on.';

export function checkReuseAddrCost({
  platform,
  kernel,
  bindTrial,
}: Seeing<'platform' | 'kernel' | 'bindTrial'>): DoctorCheck {
  const cost = subject('reuse-addr-cost', 'Fast path of SO_REUSEADDR');
  if (bindTrial !== null) {
    const { sockets, reuseAddrMicroseconds, reusePortMicroseconds } = bindTrial;
    const figures = `beside ${sockets} sockets a bind takes ${reuseAddrMicroseconds.toFixed(1)} µs, with SO_REUSEPORT ${reusePortMicroseconds.toFixed(1)} µs`;
    return walksSockets(bindTrial) ? cost.warning(`none: ${figures}`, ADVICE) : cost.ok(`there: ${figures}`);
  }
  const known = reuseAddrFastPath(platform, kernel);
  if (known === null) return cost.unknown();
  const basis = `Linux ${kernel}, ${basisInWords(known)}`;
  return known.has ? cost.ok(`there (${basis})`) : cost.warning(`none (${basis})`, ADVICE);
}
