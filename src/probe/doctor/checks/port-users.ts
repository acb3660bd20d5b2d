// Checks of who is on the ports already: a listener shuts the data port, any other socket may refuse ours.
import { formatEndpoint } from '../../../address.ts';
import { STRATEGIES } from '../../../binder/strategies/index.ts';
import { isWildcard } from '../../../net/socket-table.ts';
import { optionSetOf } from '../../bind-options.ts';
import { type DoctorCheck, OPTION_SETS, type OptionSet } from '../../types.ts';
import { subject } from '../check.ts';
import type { Facts, PortUser, Seeing } from '../facts.ts';
import { namesOf, usersInWords } from '../users-in-words.ts';

export function checkLocalAddress({ host, dataPortBinds }: Seeing<'host' | 'dataPortBinds'>): DoctorCheck {
  const address = subject('local-address', 'Address of the server');
  if (dataPortBinds === null) return address.unknown();
  if (dataPortBinds.none !== 'EADDRNOTAVAIL') return address.ok(`${host} is an address of this machine`);
  return address.failure(
    `${host} is not an address of this machine`,
    'Listen on one of its own addresses, or on 0.0.0.0.',
  );
}

export function checkControlPort(
  facts: Seeing<'host' | 'controlPort' | 'controlPortListeners'>,
): DoctorCheck {
  const control = subject('control-port', 'Control port');
  const { controlPortListeners: listeners, host, controlPort } = facts;
  if (listeners === null) return control.unknown();
  const place = formatEndpoint({ address: host, port: controlPort });
  if (listeners.length === 0) return control.ok(`nobody listens on ${place}`);
  return control.warning(
    `${place} is listened on by ${namesOf(listeners)}`,
    'Stop that server or choose another control port, unless it is the one that you are asking about.',
  );
}

export function checkDataPortListener(
  facts: Seeing<'host' | 'dataPort' | 'dataPortUsers' | 'dataPortBinds'>,
): DoctorCheck {
  const port = subject('data-port-listener', 'Listeners on the data port');
  if (facts.dataPortUsers === null) return port.unknown();
  const place = formatEndpoint({ address: facts.host, port: facts.dataPort });
  const listeners = facts.dataPortUsers.filter(({ state }) => state === 'LISTEN');
  if (listeners.length === 0) return port.ok(`nobody listens on ${place}`);
  if (listeners.some((user) => shuts(user, facts)) && workingBinders(facts.dataPortBinds).length === 0) {
    return port.failure(
      `data port ${place} is taken: another program listens on it (${namesOf(listeners)})`,
      'Stop it, or choose another data port.',
    );
  }
  return port.warning(
    `port ${facts.dataPort} is listened on by ${namesOf(listeners)}; ${bindersInWords(facts.dataPortBinds)}`,
    'Choose another data port: clients that connect to this one reach that program.',
  );
}

/** A listener on one address leaves the others to a server on the wildcard. */
function shuts({ local }: PortUser, { host }: Seeing<'host'>): boolean {
  return local.address === host || isWildcard(local.address);
}

export function checkDataPortSockets(
  facts: Seeing<'host' | 'dataPort' | 'dataPortUsers' | 'dataPortBinds'>,
): DoctorCheck {
  const port = subject('data-port-sockets', 'Sockets of others on the data port');
  if (facts.dataPortUsers === null) return port.unknown();
  const others = facts.dataPortUsers.filter(({ state }) => state !== 'LISTEN');
  if (others.length === 0) return port.ok('none');
  const observed = `${usersInWords(others)}; ${bindersInWords(facts.dataPortBinds)}`;
  const advice = others.every(({ state }) => state === 'TIME_WAIT')
    ? 'Wait a minute for TIME_WAIT to pass, or use a binder that works beside them.'
    : 'Stop that program, choose another data port, or use a binder that works beside it.';
  return workingBinders(facts.dataPortBinds).length === OPTION_SETS.length
    ? port.ok(observed)
    : port.warning(observed, advice);
}

function workingBinders(binds: Facts['dataPortBinds']): string[] {
  return Object.entries(binds ?? {}).flatMap(([options, result]) =>
    result === 'ok' ? [bindersWith(options as OptionSet)] : [],
  );
}

/** `reuse-addr and legacy-bsd`: those that take a fixed port with these options, first the ones that never hold it. */
function bindersWith(set: OptionSet): string {
  const own = Object.values(STRATEGIES).filter(
    ({ keepsPort, options }) => keepsPort && optionSetOf(options) === set,
  );
  const sharing = own.filter(({ holdsPort }) => holdsPort === 'never');
  return [...new Set([...sharing, ...own])].map(({ name }) => name).join(' and ');
}

function bindersInWords(binds: Facts['dataPortBinds']): string {
  if (binds === null) return 'which binders work beside it is not known';
  const working = workingBinders(binds);
  return working.length === 0
    ? 'no binder can bind it now'
    : `binders that can bind it now: ${working.join(', ')}`;
}
