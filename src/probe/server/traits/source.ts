// Where data connections come from: the port and the address.
import { fixedSource } from '../facts.ts';
import { certain, likely, noFixedPort, type TraitDefinition, unknown } from './trait.ts';

export const sourcePort: TraitDefinition = {
  id: 'source-port',
  title: 'Source port of data connections',
  conclude(facts) {
    const { transfers, others, server, dataPort } = facts;
    const all = [...transfers.map(({ from }) => from.port), ...others];
    const ports = [...new Set(all)];
    const evidence = `${all.length} data connections that nothing stood in the way of`;
    const [port] = ports;
    if (ports.length === all.length && ports.length > 1)
      return certain('ephemeral: another one each time', 'ephemeral', evidence);
    // A kernel may give an ephemeral port again.
    if (2 * ports.length > all.length && ports.length > 1)
      return likely('ephemeral: another one nearly each time', 'ephemeral', evidence);
    if (ports.length !== 1 || port === undefined)
      return likely(`one of several: ${ports.join(', ')}`, 'several', evidence);
    if (port === server.port - 1) return certain(`${port}, the control port minus one`, port, evidence);
    if (port === dataPort) return certain(`${port}, as expected`, port, evidence);
    // A port that nobody knew of beforehand may be ephemeral and the same by accident.
    return likely(`${port}, not the control port minus one`, port, evidence);
  },
};

export const sourceAddress: TraitDefinition = {
  id: 'source-address',
  title: 'Source address of data connections',
  conclude({ transfers, anchor, server }) {
    const anchored = 'that of the control connection';
    if (anchor !== undefined) {
      const evidence = 'control connection to another address of the server';
      return anchor.control === anchor.from
        ? certain(anchored, 'control', evidence)
        : certain(`its own choice, ${anchor.from} for a client of ${anchor.control}`, 'own', evidence);
    }
    const evidence = 'the server was reached at one address only';
    const strange = transfers.find(({ from }) => from.address !== server.address);
    return strange === undefined
      ? likely(anchored, 'control', evidence)
      : certain(`another one, ${strange.from.address}`, 'own', evidence);
  },
};

export const boundAt: TraitDefinition = {
  id: 'binds-at',
  title: 'Takes its data port at',
  conclude(facts) {
    if (fixedSource(facts) === undefined) return noFixedPort();
    if (facts.boundAtPort === undefined) return unknown(facts.notHeld ?? 'the port could not be looked at');
    const evidence = 'the probe tried to bind the port itself between PORT and the transfer command';
    return facts.boundAtPort
      ? certain('PORT', 'port', evidence)
      : certain('the transfer command', 'transfer', evidence);
  },
};
