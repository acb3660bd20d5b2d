// Claims about listeners on one address: starting a server again, and starting it twice.
import { type Claim, verdictOf } from '../claim.ts';
import { requireState } from '../kernel/holder.ts';
import { type Lab, outcomeOf } from '../kernel/lab.ts';
import type { OptionSet } from '../types.ts';
import { eachOutcome, matches } from './words.ts';

export const LISTENING: readonly Claim[] = [
  {
    id: 'time-wait-bind',
    claim: 'SO_REUSEADDR lets a server bind an address in TIME_WAIT.',
    experiment:
      'A server closes its connection first, then its listener, and is started again: with the option both times, only the second time, or never.',
    run(lab) {
      const outcomes = {
        'both times': restart(lab, 'addr', 'addr'),
        'only the second time': restart(lab, 'none', 'addr'),
        never: restart(lab, 'none', 'none'),
      };
      const holds = matches(outcomes, { 'both times': 'ok', never: 'refused' });
      const later =
        outcomes['only the second time'] === 'ok'
          ? ''
          : '; a socket in TIME_WAIT counts with the options that it had';
      return { observed: eachOutcome(outcomes) + later, verdict: verdictOf(holds) };
    },
  },
  {
    id: 'two-listeners-reuse-addr',
    claim: 'SO_REUSEADDR does not let two servers listen on the same address.',
    experiment:
      'With the option on both: a second socket binds where the first listens; and two that are both bound call listen one after the other.',
    run(lab) {
      const outcomes = {
        'bind beside a listener': beside(lab, 'addr'),
        'second listen': bothBound(lab, 'addr'),
      };
      const holds = matches(outcomes, { 'bind beside a listener': 'refused', 'second listen': 'refused' });
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
];

/** The listener passes its options on to what it accepts, so TIME_WAIT has them as well. */
function restart(lab: Lab, first: OptionSet, second: OptionSet): string {
  const local = lab.endpoint();
  const server = lab.bound(local, first, { listen: true });
  const client = lab.open({ family: 4 });
  client.connect(local);
  lab.accept(server).close();
  client.close();
  server.close();
  requireState(local, 'time-wait');
  return lab.tryBind(local, second, { listen: true });
}

function beside(lab: Lab, options: OptionSet): string {
  const local = lab.endpoint();
  lab.bound(local, options, { listen: true });
  return lab.tryBind(local, options);
}

function bothBound(lab: Lab, options: OptionSet): string {
  const local = lab.endpoint();
  const [first, second] = [lab.bound(local, options), lab.bound(local, options)];
  first.listen(1);
  return outcomeOf(() => second.listen(1));
}
