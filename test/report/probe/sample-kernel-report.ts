// A kernel report made by hand: the table of Linux, and one claim of each verdict.
import {
  HOLDER_STATES,
  type HolderState,
  type KernelReport,
  OPTION_SETS,
  type OptionSet,
  type TruthTableCell,
} from '../../../src/probe/types.ts';

/** As Linux answers. */
function linuxBind(state: HolderState, holder: OptionSet, binder: OptionSet): string {
  const shares = (set: OptionSet, kind: 'addr' | 'port') => set === kind || set === 'both';
  const byPort = shares(holder, 'port') && shares(binder, 'port');
  const byAddr = shares(holder, 'addr') && shares(binder, 'addr') && state !== 'listen';
  return byPort || byAddr ? 'ok' : 'EADDRINUSE';
}

export function linuxTable(): TruthTableCell[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) =>
    HOLDER_STATES.flatMap((state) =>
      OPTION_SETS.flatMap((holder) =>
        OPTION_SETS.map((binder) => ({
          family,
          state,
          holder,
          binder,
          bind: linuxBind(state, holder, binder),
        })),
      ),
    ),
  );
}

export const KERNEL_REPORT: KernelReport = {
  formatVersion: 1,
  host: {
    platform: 'linux',
    kernel: '6.18.0',
    arch: 'x64',
    node: 'v20.20.0',
    sysctls: {
      'net.ipv4.tcp_timestamps': '1',
      'net.ipv4.tcp_tw_reuse': null,
      'net.ipv4.ip_local_port_range': '32768 60999',
    },
  },
  truthTable: linuxTable(),
  digest: '8060ef57f5e1843c16de6017d8a3ef89da63af31f0f38cb21d44e302852e4cce',
  claims: [
    {
      id: 'one-without',
      claim: 'One user of the address without SO_REUSEPORT and it fails.',
      experiment:
        'A third socket without the option binds where two share the port; and one with it binds where the first has none.',
      observed: 'third without: EADDRINUSE; first without: EADDRINUSE',
      verdict: 'holds',
    },
    {
      id: 'port-taken-reuse-addr',
      claim: 'With SO_REUSEADDR another server can take the port | by a specific address.',
      experiment: 'A server listens on 0.0.0.0, another socket binds 127.x.y.z with the same port.',
      observed: 'second bind EADDRINUSE; a listener is what stops it',
      verdict: 'does-not-hold',
    },
    {
      id: 'uid-rule',
      claim: 'SO_REUSEPORT is shared within one user only.',
      experiment: 'A process of another user binds beside a holder of ours.',
      observed: 'needs a second uid (run it as root)',
      verdict: 'not-run',
    },
  ],
};
