// Claims about a 4-tuple in TIME_WAIT between two hosts, by which of them has TCP timestamps.
import { spawnSync } from 'node:child_process';
import { BINDER_NAMES, type BinderName } from '../../binder/types.ts';
import { type Claim, verdictOf } from '../claim.ts';
import type { Lab } from '../kernel/lab.ts';
import { NotRun } from '../kernel/not-run.ts';
import type { SecondTransfers, TimestampsOfBoth } from '../kernel/worker-messages.ts';

/** Those that bind one port again and again and may do so beside its TIME_WAIT. */
const SHARING: readonly BinderName[] = ['legacy-bsd', 'reuse-addr', 'reuse-port', 'reuse-both'];
const REFUSED = 'connect EADDRNOTAVAIL';

export const TIMESTAMPS: readonly Claim[] = [
  claimOf(
    'timestamps-on-at-both',
    'With TCP timestamps at server and client, the same 4-tuple serves a second transfer at once, whatever lets the port be shared.',
    { server: '1', client: '1' },
    'ok',
  ),
  claimOf(
    'timestamps-off-at-server',
    'With TCP timestamps off at the server alone, the second transfer over a 4-tuple fails at connect.',
    { server: '0', client: '1' },
    REFUSED,
  ),
  claimOf(
    'timestamps-off-at-client',
    'With TCP timestamps off at the client alone, the second transfer over a 4-tuple fails at connect, too.',
    { server: '1', client: '0' },
    REFUSED,
  ),
  claimOf(
    'timestamps-off-at-both',
    'With TCP timestamps off at both, the second transfer over a 4-tuple fails at connect.',
    { server: '0', client: '0' },
    REFUSED,
  ),
];

function claimOf(id: string, claim: string, setting: TimestampsOfBoth, expected: string): Claim {
  const { server, client } = setting;
  return {
    id,
    claim,
    experiment: `Two network namespaces; the server dials from one port and closes first, and then the same again to the same port of the client (net.ipv4.tcp_timestamps = ${server} at the server, ${client} at the client), by each binder without retries.`,
    async run(lab) {
      const found = await transfers(lab, setting);
      const shared = SHARING.every((binder) => found[binder] === expected);
      return {
        observed: inWords(found),
        verdict: verdictOf(shared && found.ephemeral === 'ok' && found.legacy === 'bind EADDRINUSE'),
      };
    },
  };
}

/** @throws NotRun where two namespaces cannot be had, nor linked */
async function transfers(lab: Lab, setting: TimestampsOfBoth): Promise<SecondTransfers> {
  if (spawnSync('ip', ['-V']).status !== 0) throw new NotRun('ip (of iproute2)');
  const server = await lab.worker('network-namespace');
  const answer = await server.ask({ type: 'transfers-across', timestamps: setting });
  if ('problem' in answer) throw new NotRun(`two linked network namespaces (${answer.problem})`);
  return answer;
}

/** `legacy: bind EADDRINUSE; reuse-addr and reuse-port: ok`. */
function inWords(found: SecondTransfers): string {
  const outcomes = [...new Set(BINDER_NAMES.map((binder) => found[binder]))];
  return outcomes
    .map((outcome) => `${BINDER_NAMES.filter((binder) => found[binder] === outcome).join(', ')}: ${outcome}`)
    .join('; ');
}
