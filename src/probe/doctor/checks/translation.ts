// Checks of what stands between this host and its clients and changes addresses: a container's network, a helper that is missing.
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

export function checkContainer({ container }: Seeing<'container'>): DoctorCheck {
  const network = subject('container', "Container's network");
  if (container === null) return network.ok('not in a container, as far as this system tells');
  const { kind, gateway } = container;
  if (gateway === null)
    return network.ok(`in a container (${kind}) without a gateway: its host's network, or none`);
  return network.warning(
    `in a container (${kind}) whose gateway is ${gateway}`,
    `Clients that seem to come from ${gateway} are translated, and their PORT names an address that is not theirs: share the host's network (--network host), or publish ports without a proxy (userland-proxy: false); for passive mode publish --passive-ports under the same numbers and tell --passive-address.`,
  );
}

/** A count of nothing: nobody asked for tracking here. */
export function checkFtpHelper({ conntrack }: Seeing<'conntrack'>): DoctorCheck {
  const helper = subject('ftp-helper', "Connection tracking's FTP helper");
  if (conntrack === null || conntrack.count === 0) return helper.ok('nothing is tracked on this host');
  if (conntrack.ftpHelper) return helper.ok('there; under TLS it cannot read PORT, and helps nobody');
  return helper.warning(
    `not there, and ${conntrack.count} connections are tracked`,
    'Rules of this host that go by RELATED know no data connection, and its NAT translates no PORT: load nf_conntrack_ftp and assign it to the control port (ct helper), or let data connections pass by their ports: out from the data port, in to --passive-ports.',
  );
}
