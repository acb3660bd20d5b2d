// When not to trust the number: what the load generator, or the host under both, had to do with it.
import { type FailureKind, failuresThat } from '../result/outcome.ts';
import type { BlockResult, BlockWarning, RunWarning } from '../result/types.ts';

interface Doubt {
  /** How bad it is in a block. */
  readonly of: (block: BlockResult) => number;
  /** Above this a reader is told. */
  readonly beyond: number;
  readonly warning: (worst: number) => BlockWarning;
}

/** Beyond these a generator is said to have had no time to spare. */
export const GENERATOR_LIMITS = { busy: 0.9, starved: 0.2, stalled: 250, late: 20 } as const;

const DOUBTS: readonly Doubt[] = [
  {
    of: ({ generator }) => generator?.cpuShare ?? 0,
    beyond: GENERATOR_LIMITS.busy,
    warning: (share) => ({ id: 'generator-busy', share }),
  },
  {
    of: ({ generator }) => generator?.runQueueShare ?? 0,
    beyond: GENERATOR_LIMITS.starved,
    warning: (share) => ({ id: 'generator-starved', share }),
  },
  {
    of: ({ generator }) => generator?.eventLoopLagMaxMs ?? 0,
    beyond: GENERATOR_LIMITS.stalled,
    warning: (lagMs) => ({ id: 'generator-stalled', lagMs }),
  },
  {
    of: ({ generator }) => generator?.lateP99Ms ?? 0,
    beyond: GENERATOR_LIMITS.late,
    warning: (p99Ms) => ({ id: 'late-starts', p99Ms }),
  },
  {
    of: ({ dropped, offered }) => (offered === 0 ? 0 : dropped / offered),
    beyond: 0,
    warning: (share) => ({ id: 'arrivals-dropped', share }),
  },
  {
    of: ({ failures }) => failuresThat(failures, isOfGenerator),
    beyond: 0,
    warning: (transfers) => ({ id: 'generator-failures', transfers }),
  },
  {
    of: ({ generator }) => generator?.listenOverflows ?? 0,
    beyond: 0,
    warning: (connections) => ({ id: 'accept-queue-full', connections }),
  },
  {
    of: ({ generator }) => generator?.timeWaitOverflows ?? 0,
    beyond: 0,
    warning: (sockets) => ({ id: 'time-wait-full', sockets }),
  },
];

const WANT_OF_PORT_OR_DESCRIPTOR: readonly string[] = ['EADDRNOTAVAIL', 'EADDRINUSE', 'EMFILE', 'ENFILE'];

/** Of calls that the client makes by itself: to listen for the server, or to reach its control port. */
function isOfGenerator(failure: FailureKind): boolean {
  if (failure.kind !== 'socket-error') return false;
  const { phase, code } = failure;
  return phase === 'listen' || (phase === 'control' && WANT_OF_PORT_OR_DESCRIPTOR.includes(code));
}

/** The doubts about one block. */
export function doubtsAbout(block: BlockResult): BlockWarning[] {
  return DOUBTS.filter(({ of, beyond }) => of(block) > beyond).map(({ of, warning }) => warning(of(block)));
}

/** The same of a run: for each scenario and contestant its worst block, and how many blocks are concerned. */
export function doubtsAboutRun(blocks: readonly BlockResult[]): RunWarning[] {
  const scenarios = [...new Set(blocks.map(({ scenario }) => scenario))];
  const contestants = [...new Set(blocks.map(({ contestant }) => contestant))].sort();
  return scenarios.flatMap((scenario) =>
    DOUBTS.flatMap(({ of, beyond, warning }) =>
      contestants.flatMap((contestant) => {
        const concerned = blocks.filter(
          (block) => block.scenario === scenario && block.contestant === contestant && of(block) > beyond,
        );
        if (concerned.length === 0) return [];
        return atPlace(warning(Math.max(...concerned.map(of))), {
          ...{ scenario, contestant },
          blocks: concerned.length,
        });
      }),
    ),
  );
}

/** Warnings of single blocks that are no doubts, each once. */
export function otherWarnings(blocks: readonly BlockResult[]): RunWarning[] {
  const doubts = new Set(DOUBTS.map(({ warning }) => warning(0).id));
  const counts = new Map<string, { warning: BlockWarning; of: BlockResult; blocks: number }>();
  for (const block of blocks) {
    for (const warning of block.warnings.filter(({ id }) => !doubts.has(id))) {
      const key = JSON.stringify([block.scenario, block.contestant, warning]);
      const seen = counts.get(key) ?? { warning, of: block, blocks: 0 };
      counts.set(key, { ...seen, blocks: seen.blocks + 1 });
    }
  }
  return [...counts.values()].map(({ warning, of: { scenario, contestant }, blocks: n }) =>
    atPlace(warning, { scenario, contestant, blocks: n }),
  );
}

type Place = Pick<BlockResult, 'scenario' | 'contestant'> & { readonly blocks: number };

/** What an earlier format said in words has no place beside them. */
function atPlace(warning: BlockWarning, place: Place): RunWarning {
  return warning.id === 'text' ? warning : { ...warning, ...place };
}
