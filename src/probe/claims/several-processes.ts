// Claims about several processes on one address.
import { type Claim, verdictOf } from '../claim.ts';
import type { Lab } from '../kernel/lab.ts';
import { NotRun } from '../kernel/not-run.ts';
import type { OptionSet } from '../types.ts';
import { eachOutcome, matches } from './words.ts';

const PROCESSES = 4;

export const SEVERAL_PROCESSES: readonly Claim[] = [
  {
    id: 'reuse-port-processes',
    claim: 'SO_REUSEPORT lets several processes bind the same address, provided all set it.',
    experiment: `${PROCESSES} processes bind one address and port and listen on it, all with SO_REUSEPORT; then all with no option.`,
    async run(lab) {
      const workers = await Promise.all(Array.from({ length: PROCESSES }, () => lab.worker()));
      const binds = (options: OptionSet) => {
        const local = lab.endpoint();
        return Promise.all(workers.map((one) => one.ask({ type: 'bind', local, options, listen: true })));
      };
      const [shared, alone] = [await binds('port'), await binds('none')];
      const counts = [okCount(shared), okCount(alone)];
      return {
        observed: `with SO_REUSEPORT ${counts[0]} of ${PROCESSES} listen, with no option ${counts[1]}`,
        verdict: verdictOf(counts[0] === PROCESSES && counts[1] === 1),
      };
    },
  },
  {
    id: 'one-without',
    claim: 'One user of the address without SO_REUSEPORT and it fails.',
    experiment:
      'A third socket without the option binds where two share the port; and one with it binds where the first has none.',
    run(lab) {
      const outcomes = { 'third without': withoutBesideTwo(lab), 'first without': withBesideNone(lab) };
      const holds = matches(outcomes, { 'third without': 'refused', 'first without': 'refused' });
      return { observed: eachOutcome(outcomes), verdict: verdictOf(holds) };
    },
  },
  {
    id: 'mixed-kinds',
    claim:
      'The two options are no substitute for each other: a socket with the one cannot join a socket with the other.',
    experiment:
      'From the truth table: holder with one option alone, new socket with the other alone, in every state.',
    run(lab) {
      const mixed = lab.truthTable.filter(
        ({ holder, binder, bind }) => isMixed(holder, binder) && bind !== 'not-run',
      );
      if (mixed.length === 0) throw new NotRun('a truth table');
      const joined = mixed.filter(({ bind }) => bind === 'ok');
      return {
        observed: `${mixed.length - joined.length} of ${mixed.length} refused, TIME_WAIT among them`,
        verdict: verdictOf(joined.length === 0),
      };
    },
  },
];

function okCount(outcomes: readonly string[]): number {
  return outcomes.filter((outcome) => outcome === 'ok').length;
}

function withoutBesideTwo(lab: Lab): string {
  const local = lab.endpoint();
  lab.bound(local, 'port');
  lab.bound(local, 'port');
  return lab.tryBind(local, 'none');
}

function withBesideNone(lab: Lab): string {
  const local = lab.endpoint();
  lab.bound(local, 'none');
  return lab.tryBind(local, 'port');
}

function isMixed(holder: OptionSet, binder: OptionSet): boolean {
  return (holder === 'addr' && binder === 'port') || (holder === 'port' && binder === 'addr');
}
