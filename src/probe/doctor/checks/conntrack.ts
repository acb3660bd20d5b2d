// Check of the connection tracking that a firewall on this host brings: a closed connection stays in its table too.
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

const NEARLY_FULL = 0.8;

export function checkConntrack({ conntrack }: Seeing<'conntrack'>): DoctorCheck {
  const tracking = subject('conntrack', 'Connection tracking');
  if (conntrack === null) return tracking.ok('not seen on this host');
  const { count, max, ftpHelper } = conntrack;
  const observed = `${count} of at most ${max} connections; the FTP helper is ${ftpHelper ? 'there' : 'not there'}`;
  if (count < NEARLY_FULL * max) return tracking.ok(observed);
  return tracking.warning(
    observed,
    'Raise net.netfilter.nf_conntrack_max or exempt the FTP ports from tracking (NOTRACK): beyond the limit packets are dropped, and connections hang.',
  );
}
