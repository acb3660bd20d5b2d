// The claim about multicast: the one place where the two options are the same.
import { randomInt } from 'node:crypto';
import type { Endpoint } from '../../address.ts';
import { type Claim, verdictOf } from '../claim.ts';
import { type Lab, outcomeOf } from '../kernel/lab.ts';
import type { OptionSet } from '../types.ts';
import { OPTION_WORDS } from './words.ts';

/** The interface: nothing leaves the host. */
const LOOPBACK = '127.0.0.1';
const DATAGRAM = Buffer.from('to all');

export const MULTICAST: readonly Claim[] = [
  {
    id: 'multicast-equivalent',
    claim: 'For a multicast address SO_REUSEADDR and SO_REUSEPORT are equivalent (UDP).',
    experiment:
      'Two UDP sockets with the same option bind one group and port, join on the loopback interface, and one datagram is sent to the group.',
    run(lab) {
      const [addr, port, none] = [receivers(lab, 'addr'), receivers(lab, 'port'), receivers(lab, 'none')];
      return {
        observed: `${told('addr', addr)}; ${told('port', port)}; ${told('none', none)}`,
        verdict: verdictOf(addr.received === 2 && port.received === 2),
      };
    },
  },
];

interface Received {
  readonly secondBind: string;
  readonly received: number;
}

function receivers(lab: Lab, options: OptionSet): Received {
  // 239.255/16 is for use within a site (RFC 2365 §6.1).
  const group = { address: `239.255.${randomInt(256)}.${randomInt(1, 255)}`, port: lab.endpoint().port };
  const outcomes = [member(lab, group, options), member(lab, group, options)];
  const sender = lab.open({ family: 4, type: 'datagram' });
  sender.sendMulticastFrom(LOOPBACK);
  sender.connect(group);
  sender.send(DATAGRAM);
  const received = outcomes.filter(({ receive }) => receive() === 'ok').length;
  return { secondBind: outcomes[1]?.bind ?? 'ok', received };
}

function member(lab: Lab, group: Endpoint, options: OptionSet): { bind: string; receive: () => string } {
  const { socket, outcome } = lab.tryBound(group, options, { type: 'datagram' });
  if (socket === undefined) return { bind: outcome, receive: () => outcome };
  socket.joinGroup(group.address, LOOPBACK);
  return { bind: 'ok', receive: () => outcomeOf(() => socket.receive(DATAGRAM.length)) };
}

function told(options: OptionSet, { secondBind, received }: Received): string {
  const bind = secondBind === 'ok' ? '' : `, second bind ${secondBind}`;
  return `${OPTION_WORDS[options]}: ${received} of 2 got it${bind}`;
}
