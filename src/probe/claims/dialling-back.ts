// Claims about the server-DTP that dials back from (lhost, lport): the retry loop, and what makes it needless.
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

const RIVALS = {
  legacy: 'no option',
  'legacy-bsd': 'SO_REUSEADDR by the 4.4BSD rule, reproduced',
  'reuse-port': 'SO_REUSEPORT',
} as const satisfies Partial<Record<BinderName, string>>;

export const DIALLING_BACK: readonly Claim[] = [
  {
    id: 'ten-tries',
    claim:
      'Without SO_REUSEPORT only one ftpd can bind (lhost, lport, INADDR_ANY, 0) to connect back; under load more collide than ten tries can take. With it the hack is unnecessary.',
    experiment: `${PROCESSES} processes make ${PROCESSES * CONTEST.transfers} transfers from one local port, ${PROCESSES * CONTEST.concurrent} at once and ${CONTEST.bindToConnectMs} ms from bind to connect, by the try-ten-times loop with its second scaled to ${CONTEST.timeUnitMs} ms; then with SO_REUSEPORT and no loop.`,
    async run(lab) {
      const workers = await Promise.all(Array.from({ length: PROCESSES }, () => lab.worker()));
      const legacy = await contest(lab, workers, 'legacy');
      const bsd = await contest(lab, workers, 'legacy-bsd');
      const cure = await contest(lab, workers, 'reuse-port');
      const loopsFail = [legacy, bsd].every(({ collisions, gaveUp }) => collisions > 0 && gaveUp > 0);
      const cured = cure.collisions === 0 && cure.completed === PROCESSES * CONTEST.transfers;
      return {
        observed: [told('legacy', legacy), told('legacy-bsd', bsd), told('reuse-port', cure)].join('; '),
        verdict: verdictOf(loopsFail && cured),
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

function told(binder: keyof typeof RIVALS, { completed, collisions, gaveUp, otherFailures }: Tally): string {
  const others = otherFailures === 0 ? '' : `, ${otherFailures} failed otherwise`;
  return `${RIVALS[binder]}: ${completed} done, ${collisions} collisions, ${gaveUp} gave up${others}`;
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
