// Claims about taking a port from a server that bound INADDR_ANY, by a specific address; and what stops it.
import type { Endpoint } from '../../address.ts';
import { type Claim, verdictOf } from '../claim.ts';
import { randomLoopbackAddress } from '../kernel/free-endpoint.ts';
import { type Lab, outcomeOf } from '../kernel/lab.ts';
import { OPTION_SETS, type OptionSet } from '../types.ts';
import { eachOutcome, OPTION_WORDS } from './words.ts';

const SERVER = 'the server on 0.0.0.0';

export const TAKING_A_PORT: readonly Claim[] = [
  {
    id: 'port-taken-reuse-addr',
    claim:
      'With SO_REUSEADDR another server can take a port by binding a specific address where the first bound INADDR_ANY.',
    experiment:
      'A server listens on 0.0.0.0, another socket binds 127.x.y.z with the same port and listens, and a client connects there; the option on both.',
    run(lab) {
      const took = take(lab, 'addr', 'addr');
      const stops = took.bind === 'ok' ? '' : '; a listener is what stops it';
      return { observed: `${told(took)}${stops}`, verdict: verdictOf(took.gone) };
    },
  },
  {
    id: 'port-taken-reuse-port',
    claim: 'With SO_REUSEPORT on both, the specific address takes the connections.',
    experiment: 'As port-taken-reuse-addr, with SO_REUSEPORT on both.',
    run(lab) {
      const took = take(lab, 'port', 'port');
      return { observed: told(took), verdict: verdictOf(took.gone) };
    },
  },
  {
    id: 'port-taken-udp',
    claim: 'With UDP, where nothing listens, SO_REUSEADDR is enough to take the port.',
    experiment: 'As port-taken-reuse-addr, with UDP sockets and one datagram.',
    run(lab) {
      const took = takeDatagrams(lab);
      return { observed: told(took), verdict: verdictOf(took.gone) };
    },
  },
  {
    id: 'port-kept-without-option',
    claim: 'A server that set no option keeps its port, whatever the other one sets.',
    experiment:
      'As port-taken-reuse-addr, with no option on the server and each set of options on the other.',
    run(lab) {
      const outcomes = Object.fromEntries(
        OPTION_SETS.map((options) => [OPTION_WORDS[options], take(lab, 'none', options).bind]),
      );
      const holds = Object.values(outcomes).every((bind) => bind === 'EADDRINUSE');
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
  {
    id: 'port-taken-other-user',
    claim: 'With SO_REUSEPORT on both, another user cannot take the port either.',
    experiment: 'The server listens on 0.0.0.0 as one user, and a process of another user binds 127.x.y.z.',
    async run(lab) {
      const stranger = await lab.worker('other-user');
      const { specific } = serve(lab, 'port');
      const bind = await stranger.ask({ type: 'bind', local: specific, options: 'port', listen: true });
      return { observed: `bind ${bind}`, verdict: verdictOf(bind === 'EADDRINUSE') };
    },
  },
];

interface Taking {
  /** Of the second bind and listen. */
  readonly bind: string;
  /** Whether the client's connection or datagram went to the second. */
  readonly gone: boolean;
}

function take(lab: Lab, server: OptionSet, other: OptionSet): Taking {
  const { specific } = serve(lab, server);
  const { outcome, socket: taker } = lab.tryBound(specific, other, { listen: true });
  if (taker === undefined) return { bind: outcome, gone: false };
  lab.open({ family: 4 }).connect(specific);
  // Whichever listener the kernel chose has it in its queue by now; the other's accept finds nothing.
  return { bind: 'ok', gone: outcomeOf(() => lab.accept(taker)) === 'ok' };
}

function takeDatagrams(lab: Lab): Taking {
  const wildcard = lab.endpointOn('0.0.0.0');
  const specific = { address: randomLoopbackAddress(), port: wildcard.port };
  lab.bound(wildcard, 'addr', { type: 'datagram' });
  const { outcome, socket: taker } = lab.tryBound(specific, 'addr', { type: 'datagram' });
  if (taker === undefined) return { bind: outcome, gone: false };
  const client = lab.open({ family: 4, type: 'datagram' });
  client.connect(specific);
  client.send(Buffer.from('for the server'));
  return { bind: 'ok', gone: outcomeOf(() => taker.receive(64)) === 'ok' };
}

function serve(lab: Lab, options: OptionSet): { specific: Endpoint } {
  const wildcard = lab.endpointOn('0.0.0.0');
  lab.bound(wildcard, options, { listen: true });
  return { specific: { address: randomLoopbackAddress(), port: wildcard.port } };
}

function told({ bind, gone }: Taking): string {
  if (bind !== 'ok') return `second bind ${bind}`;
  return `second bind ok, and the client reached ${gone ? 'the specific address' : SERVER}`;
}
