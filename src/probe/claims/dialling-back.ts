// Claims about the server-DTP that dials back from (lhost, lport): the retry loop, and what makes it needless.
import { STRATEGIES } from '../../binder/strategies/index.ts';
import type { Strategy } from '../../binder/strategy.ts';
import type { BinderName } from '../../binder/types.ts';
import { type Claim, verdictOf } from '../claim.ts';
import { sumOf } from '../kernel/contest.ts';
import { randomLoopbackAddress } from '../kernel/free-endpoint.ts';
import { type Lab, outcomeOf } from '../kernel/lab.ts';
import { connection } from '../kernel/reconnect.ts';
import type { Contest, Tally } from '../kernel/worker-messages.ts';
import type { Worker } from '../kernel/worker-process.ts';
import { eachOutcome, matches } from './words.ts';

const PROCESSES = 4;
/**
 * A load that no schedule of ten waits can serve: 64 at once × 2 ms from bind to connect is longer than the 110 ms
 * that the waits add up to, so that some must give up on any machine.
 */
const CONTEST = { concurrent: 16, transfers: 32, timeUnitMs: 2, bindToConnectMs: 2 } as const;

/** The loop under both rules that it can meet, and the cure. */
const RIVALS: readonly BinderName[] = ['legacy', 'legacy-bsd', 'reuse-port'];

export const DIALLING_BACK: readonly Claim[] = [
  {
    id: 'ten-tries',
    claim:
      'Without SO_REUSEPORT only one ftpd can bind (lhost, lport, INADDR_ANY, 0) to connect back; under load more collide than ten tries can take. With it the hack is unnecessary.',
    experiment: `${PROCESSES} processes make ${PROCESSES * CONTEST.transfers} transfers from one local port, ${PROCESSES * CONTEST.concurrent} at once and ${CONTEST.bindToConnectMs} ms from bind to connect, by the try-ten-times loop with its second scaled to ${CONTEST.timeUnitMs} ms; then with SO_REUSEPORT and no loop.`,
    async run(lab) {
      const workers = await Promise.all(Array.from({ length: PROCESSES }, () => lab.worker()));
      const contests: { readonly strategy: Strategy; readonly tally: Tally }[] = [];
      for (const binder of RIVALS) {
        contests.push({ strategy: STRATEGIES[binder], tally: await contest(lab, workers, binder) });
      }
      return {
        observed: contests.map(({ strategy, tally }) => told(strategy, tally)).join('; '),
        verdict: verdictOf(
          contests.every(({ strategy, tally }) =>
            strategy.holdsPort === 'never' ? isCured(tally) : loopFails(tally),
          ),
        ),
      };
    },
  },
  {
    id: 'reuse-addr-dials-back',
    claim: "On Solaris-like systems SO_REUSEADDR takes SO_REUSEPORT's place.",
    experiment:
      'On this system: two sockets with SO_REUSEADDR alone bind one local port and connect to two peers; a third binds beside them and one listens beside a listener.',
    run(lab) {
      const outcomes = sharing(lab);
      const dials = matches(outcomes, { 'second bind and connect': 'ok', 'third bind': 'ok' });
      const words = dials ? 'it does so here for dialling back' : 'it does not do so here';
      return { observed: `${words}: ${eachOutcome(outcomes)}`, verdict: verdictOf(dials) };
    },
  },
];

async function contest(lab: Lab, workers: readonly Worker[], binder: BinderName): Promise<Tally> {
  const local = lab.endpoint();
  const shared: Omit<Contest, 'clientAddress'> = { ...CONTEST, binder, local };
  return sumOf(
    await Promise.all(
      workers.map((worker) =>
        worker.ask({ type: 'contend', contest: { ...shared, clientAddress: randomLoopbackAddress() } }),
      ),
    ),
  );
}

function loopFails({ collisions, gaveUp }: Tally): boolean {
  return collisions > 0 && gaveUp > 0;
}

function isCured({ collisions, completed }: Tally): boolean {
  return collisions === 0 && completed === PROCESSES * CONTEST.transfers;
}

function told(strategy: Strategy, { completed, collisions, gaveUp, otherFailures }: Tally): string {
  const others = otherFailures === 0 ? '' : `, ${otherFailures} failed otherwise`;
  return `${optionsInWords(strategy)}: ${completed} done, ${collisions} collisions, ${gaveUp} gave up${others}`;
}

function optionsInWords({ options, holdsPort }: Strategy): string {
  const names = options.length === 0 ? 'no option' : options.join(' and ');
  return holdsPort === 'until-connect' ? `${names} by the 4.4BSD rule, reproduced` : names;
}

function sharing(lab: Lab): Record<string, string> {
  const first = connection(lab, 'addr');
  const other = lab.listener(first.local.address);
  const second = lab.tryBound(first.local, 'addr');
  const connected = second.socket ? outcomeOf(() => second.socket?.connect(other.endpoint)) : second.outcome;
  const listening = lab.endpoint();
  lab.bound(listening, 'addr', { listen: true });
  return {
    'second bind and connect': connected,
    'third bind': lab.tryBind(first.local, 'addr'),
    'bind beside a listener': lab.tryBind(listening, 'addr'),
  };
}
