// Checks of the two ports against the settings of the kernel: who may bind them, and whom else it may give them to.
import { formatEndpoint } from '../../../address.ts';
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

type Privilege = Seeing<'host' | 'unprivilegedPortStart' | 'mayBindPrivileged'>;

export function checkControlPortPrivilege(facts: Privilege & Seeing<'controlPort'>): DoctorCheck {
  const privilege = subject('control-port-privilege', 'Right to bind the control port');
  if (facts.unprivilegedPortStart === null) return privilege.unknown();
  const place = formatEndpoint({ address: facts.host, port: facts.controlPort });
  const start = facts.unprivilegedPortStart;
  if (facts.controlPort >= start) return privilege.ok(`everybody may bind ports from ${start} on`);
  if (facts.mayBindPrivileged) return privilege.ok(`this process may bind ports below ${start}`);
  return privilege.failure(
    `control port ${place} is a privileged port`,
    `Start as root or with CAP_NET_BIND_SERVICE, or listen on a port from ${start} on.`,
  );
}

export function checkDataPortPrivilege(facts: Privilege & Seeing<'dataPort'>): DoctorCheck {
  const privilege = subject('data-port-privilege', 'Right to bind the data port');
  if (facts.unprivilegedPortStart === null) return privilege.unknown();
  const place = formatEndpoint({ address: facts.host, port: facts.dataPort });
  const start = facts.unprivilegedPortStart;
  if (facts.dataPort >= start) return privilege.ok(`everybody may bind ports from ${start} on`);
  if (facts.mayBindPrivileged) return privilege.ok(`this process may bind ports below ${start}`);
  return privilege.failure(
    `data port ${place} is privileged`,
    `Start as root or with CAP_NET_BIND_SERVICE, or choose a data port from ${start} on.`,
  );
}

/** A port that the kernel hands out for outgoing connections may be gone when a transfer needs it. */
export function checkEphemeralRange(
  facts: Seeing<'ephemeralRange' | 'reservedPorts' | 'controlPort' | 'dataPort'>,
): DoctorCheck {
  const range = subject('ephemeral-range', 'Ports that the kernel hands out');
  if (facts.ephemeralRange === null) return range.unknown();
  const [low, high] = facts.ephemeralRange;
  const given = [facts.dataPort, facts.controlPort].filter(
    (port) => port >= low && port <= high && !isReserved(port, facts.reservedPorts),
  );
  if (given.length === 0) return range.ok(`${low} to ${high}, without the control and the data port`);
  return range.warning(
    `${low} to ${high}, with port ${given.join(' and ')} among them`,
    `Choose ports outside of the range, or reserve them (sysctl net.ipv4.ip_local_reserved_ports=${given.toSorted((a, b) => a - b).join(',')}): any program's outgoing connection may take them.`,
  );
}

function isReserved(port: number, reserved: readonly (readonly [number, number])[]): boolean {
  return reserved.some(([low, high]) => port >= low && port <= high);
}
