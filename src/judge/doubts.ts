// When not to trust the number: what the load generator, or the host under both, had to do with it.
import type { BlockResult } from '../result/types.ts';

interface Doubt {
  /** How bad it is in this block. */
  readonly of: (block: BlockResult) => number;
  /** Above this a reader is told. */
  readonly beyond: number;
  readonly text: (worst: number) => string;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const count = (n: number) => n.toLocaleString('en').replaceAll(',', ' ');

const DOUBTS: readonly Doubt[] = [
  {
    of: ({ generator }) => generator?.cpuShare ?? 0,
    beyond: 0.9,
    text: (share) =>
      `a load generator used ${percent(share)} of a core: transfers/s is its limit, not the server's (more generators, or userPi: lean)`,
  },
  {
    of: ({ generator }) => generator?.runQueueShare ?? 0,
    beyond: 0.2,
    text: (share) =>
      `a load generator waited for a free core ${percent(share)} of the time: transfers/s is this machine's limit`,
  },
  {
    of: ({ generator }) => generator?.eventLoopLagMaxMs ?? 0,
    beyond: 250,
    text: (ms) => `a load generator stood still for ${Math.round(ms)} ms: its own limit, not the server's`,
  },
  {
    of: ({ generator }) => generator?.lateP99Ms ?? 0,
    beyond: 20,
    text: (ms) =>
      `one in a hundred transfers started ${Math.round(ms)} ms late or more: the load was not the plan's`,
  },
  {
    of: ({ dropped, offered }) => (offered === 0 ? 0 : dropped / offered),
    beyond: 0,
    text: (share) =>
      `${share < 0.01 ? 'less than 1 %' : percent(share)} of the arrivals found no idle session and were dropped: the load was less than the plan's (more sessions, or a lower rate)`,
  },
  {
    of: generatorFailures,
    beyond: 0,
    text: (n) =>
      `${count(n)} transfers failed for want of a port or a descriptor at the load generator: not the server's failures`,
  },
  {
    of: ({ generator }) => generator?.listenOverflows ?? 0,
    beyond: 0,
    text: (n) => `${count(n)} connections met a full accept queue on this host (TcpExtListenOverflows)`,
  },
  {
    of: ({ generator }) => generator?.timeWaitOverflows ?? 0,
    beyond: 0,
    text: (n) =>
      `${count(n)} sockets found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets): ports were free early, so legacy fails too seldom and reuse-addr binds too fast`,
  },
];

/** Codes of calls that the client makes by itself: to listen for the server, or to reach its control port. */
const GENERATOR_FAILURES = /^(?:listen\.|control\.(?:EADDRNOTAVAIL|EADDRINUSE|EMFILE|ENFILE)$)/;

function generatorFailures({ failures }: BlockResult): number {
  return Object.entries(failures).reduce((sum, [key, n]) => sum + (GENERATOR_FAILURES.test(key) ? n : 0), 0);
}

/** The doubts about one block. */
export function doubtsAbout(block: BlockResult): string[] {
  return DOUBTS.filter(({ of, beyond }) => of(block) > beyond).map(({ of, text }) => text(of(block)));
}

/** The doubts about a run: each once a scenario, with its worst block and the contestants that it concerns. */
export function doubtsAboutRun(blocks: readonly BlockResult[]): string[] {
  const scenarios = [...new Set(blocks.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) =>
    DOUBTS.flatMap(({ of, beyond, text }) => {
      const concerned = blocks.filter((block) => block.scenario === scenario && of(block) > beyond);
      if (concerned.length === 0) return [];
      const names = [...new Set(concerned.map(({ binder }) => binder))].sort();
      return [`${scenario} (${names.join(', ')}): ${text(Math.max(...concerned.map(of)))}`];
    }),
  );
}
