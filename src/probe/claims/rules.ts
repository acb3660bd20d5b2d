// Claims about when the options count, for whom, and between which addresses.
import { type Claim, verdictOf } from '../claim.ts';
import { randomLoopbackAddress } from '../kernel/free-endpoint.ts';
import type { Lab } from '../kernel/lab.ts';
import { NotRun } from '../kernel/not-run.ts';
import { connection, intoTimeWait } from '../kernel/reconnect.ts';
import type { OptionSet } from '../types.ts';
import { eachOutcome, matches } from './words.ts';

export const RULES: readonly Claim[] = [
  {
    id: 'uid-rule',
    claim: 'SO_REUSEPORT is shared within one user only, TIME_WAIT excepted; SO_REUSEADDR knows no user.',
    experiment: 'A process of another user binds beside a holder of ours, both with the same option.',
    async run(lab) {
      const stranger = await lab.worker('other-user');
      const joins = (local: { address: string; port: number }, options: OptionSet) =>
        stranger.ask({ type: 'bind', local, options, listen: false });
      const outcomes = {
        'SO_REUSEPORT, bound': await joins(boundHolder(lab, 'port'), 'port'),
        'SO_REUSEPORT, TIME_WAIT': await joins(timeWaitHolder(lab, 'port'), 'port'),
        'SO_REUSEADDR, bound': await joins(boundHolder(lab, 'addr'), 'addr'),
      };
      const holds = matches(outcomes, {
        'SO_REUSEPORT, bound': 'refused',
        'SO_REUSEPORT, TIME_WAIT': 'ok',
        'SO_REUSEADDR, bound': 'ok',
      });
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
  {
    id: 'option-after-bind',
    claim:
      "The holder's option counts as it is at the moment of the new bind, also when it was set after its own.",
    experiment: 'A socket is bound with no option, then gets one; a second binds with the same.',
    run(lab) {
      const outcomes = { SO_REUSEADDR: setLater(lab, 'addr'), SO_REUSEPORT: setLater(lab, 'port') };
      return {
        observed: eachOutcome(outcomes),
        verdict: verdictOf(matches(outcomes, { SO_REUSEADDR: 'ok', SO_REUSEPORT: 'ok' })),
      };
    },
  },
  {
    id: 'wildcard-and-specific',
    claim: '0.0.0.0 and a specific address conflict without options, and not with the same option on both.',
    experiment: 'A socket is bound to 0.0.0.0, a second binds 127.x.y.z with the same port.',
    run(lab) {
      const outcomes = {
        'no option': besideWildcard(lab, 'none'),
        SO_REUSEADDR: besideWildcard(lab, 'addr'),
        SO_REUSEPORT: besideWildcard(lab, 'port'),
      };
      const holds = matches(outcomes, { 'no option': 'refused', SO_REUSEADDR: 'ok', SO_REUSEPORT: 'ok' });
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
  {
    id: 'two-addresses',
    claim: 'Two specific addresses never conflict.',
    experiment: 'Two sockets with no option bind one port of two addresses of 127/8.',
    run(lab) {
      const local = lab.endpoint();
      lab.bound(local, 'none');
      const bind = lab.tryBind({ ...local, address: randomLoopbackAddress() }, 'none');
      return { observed: `bind ${bind}`, verdict: verdictOf(bind === 'ok') };
    },
  },
  {
    id: 'v4-mapped',
    claim: 'An IPv4-mapped IPv6 address is the IPv4 address: the same conflicts, the same options.',
    experiment:
      'A socket is bound to 127.x.y.z, a second to ::ffff:127.x.y.z or to :: with the same port, with IPV6_V6ONLY off.',
    run(lab) {
      requireIPv6(lab);
      const outcomes = {
        'mapped, no option': besideIPv4(lab, 'none', 'mapped'),
        'mapped, SO_REUSEPORT': besideIPv4(lab, 'port', 'mapped'),
        '::, no option': besideIPv4(lab, 'none', 'wildcard'),
        ':: with IPV6_V6ONLY, no option': besideIPv4(lab, 'none', 'v6-only'),
      };
      const holds = matches(outcomes, {
        'mapped, no option': 'refused',
        'mapped, SO_REUSEPORT': 'ok',
        '::, no option': 'refused',
        ':: with IPV6_V6ONLY, no option': 'ok',
      });
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
  {
    id: 'ipv6-alike',
    claim: 'IPv6 follows the same rules as IPv4.',
    experiment: 'From the truth table: every cell of IPv6 against the same cell of IPv4.',
    run(lab) {
      requireIPv6(lab);
      const answers = new Map(lab.truthTable.filter(({ family }) => family === 'IPv4').map(cellEntry));
      const cells = lab.truthTable.filter(({ family }) => family === 'IPv6').map(cellEntry);
      const alike = cells.filter(([cell, bind]) => answers.get(cell) === bind).length;
      return {
        observed: `${alike} of ${cells.length} cells alike`,
        verdict: verdictOf(alike === cells.length),
      };
    },
  },
];

function boundHolder(lab: Lab, options: OptionSet) {
  const local = lab.endpoint();
  lab.bound(local, options);
  return local;
}

function timeWaitHolder(lab: Lab, options: OptionSet) {
  const left = connection(lab, options);
  intoTimeWait(left);
  return left.local;
}

function setLater(lab: Lab, options: 'addr' | 'port'): string {
  const local = lab.endpoint();
  const holder = lab.bound(local, 'none');
  holder.setReuse(options === 'addr' ? 'reuseAddr' : 'reusePort', true);
  return lab.tryBind(local, options);
}

function besideWildcard(lab: Lab, options: OptionSet): string {
  const wildcard = lab.endpointOn('0.0.0.0');
  lab.bound(wildcard, options);
  return lab.tryBind({ ...wildcard, address: randomLoopbackAddress() }, options);
}

function besideIPv4(lab: Lab, options: OptionSet, other: 'mapped' | 'wildcard' | 'v6-only'): string {
  const { port } = lab.endpointOn('::');
  const address = randomLoopbackAddress();
  lab.bound({ address, port }, options);
  const second = other === 'mapped' ? `::ffff:${address}` : '::';
  return lab.tryBind({ address: second, port }, options, { v6Only: other === 'v6-only' });
}

function requireIPv6(lab: Lab): void {
  if (lab.tryBind({ address: '::1', port: 0 }, 'none') !== 'ok') throw new NotRun('IPv6');
}

function cellEntry({ state, holder, binder, bind }: Lab['truthTable'][number]): [string, string] {
  return [`${state} ${holder} ${binder}`, bind];
}
