// `probe --cost`: what bind(2) and connect(2) cost beside many sockets on the same port, for each set of options.
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import { describeHost } from '../host.ts';
import type { CostReport, CostState, OptionSet } from '../types.ts';
import { checkMaxSockets, DEFAULT_MAX_SOCKETS, findRoom, sizesUpTo, socketsWithin } from './bounds.ts';
import { fastPathOf } from './fast-path.ts';
import { freshEndpoint } from './fresh-endpoint.ts';
import type { HolderKind } from './holders.ts';
import { cutNotes, LEFT_BEHIND_NOTE, METHOD_NOTES, seriesNotes, stoppedNote } from './notes.ts';
import { Peers } from './peers.ts';
import { measurePoint, measureSeries, type SeriesPlan, type SeriesResult } from './series.ts';
import { trendsOf } from './trend.ts';

export interface CostOptions {
  /** Most sockets on a port; 16 000 unless set, fewer where descriptors or TIME_WAIT do not allow them. */
  readonly maxSockets?: number;
  /** Time for the whole measurement; 50 s unless set. Series that it cuts short say so. */
  readonly budgetMs?: number;
  /** How long one connection over loopback may take to arrive; 20 s unless set. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Told before each series. */
  readonly onProgress?: (progress: CostProgress) => void;
}

export interface CostProgress extends HolderKind {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

const DEFAULT_BUDGET_MS = 50_000;
const DEFAULT_PATIENCE_MS = 20_000;
const CALLS_PER_POINT = 1000;
const WARM_UP_CALLS = 2000;

const REUSING: readonly OptionSet[] = ['addr', 'port', 'both'];
const STATES: readonly CostState[] = ['bound', 'connected', 'time-wait'];
const SERIES: readonly HolderKind[] = [
  { options: 'none', state: 'bound' },
  ...STATES.flatMap((state) => REUSING.map((options) => ({ options, state }))),
];

/**
 * Takes seconds to a minute. When `signal` aborts, it resolves with the series that were complete, and says so.
 * Every socket is closed when it settles; those in TIME_WAIT stay with the kernel for a minute.
 * @throws UsageError, PreflightError where this is not Linux, FfiUnavailableError, SystemCallError
 */
export async function probeCost(options: CostOptions = {}): Promise<CostReport> {
  const maxSockets = checkMaxSockets(options.maxSockets ?? DEFAULT_MAX_SOCKETS);
  if (process.platform !== 'linux') {
    throw new PreflightError(`the cost of bind can be measured on Linux only, not on ${process.platform}`);
  }
  const room = findRoom();
  const peers = new Peers(options.patienceMs ?? DEFAULT_PATIENCE_MS);
  try {
    warmUp(peers);
    const done = await measureAll(peers, (state) => socketsWithin(maxSockets, state, room), options);
    return reportOf(done, cutNotes(maxSockets, room));
  } finally {
    peers.close();
  }
}

interface DoneSeries {
  readonly kind: HolderKind;
  readonly result: SeriesResult;
}

/** The series in their order; fewer when `signal` aborted. */
async function measureAll(
  peers: Peers,
  mostIn: (state: CostState) => number,
  { budgetMs = DEFAULT_BUDGET_MS, signal, onProgress }: CostOptions,
): Promise<DoneSeries[]> {
  const endAtMs = systemClock.nowMs() + budgetMs;
  const done: DoneSeries[] = [];
  for (const [index, kind] of SERIES.entries()) {
    onProgress?.({ ...kind, index: index + 1, total: SERIES.length });
    const sizes = kind.options === 'none' ? [0] : sizesUpTo(mostIn(kind.state));
    const deadlineMs = shareOfTime(endAtMs, SERIES.length - index);
    const plan = { ...kind, local: freshEndpoint(), sizes, callsPerPoint: CALLS_PER_POINT, deadlineMs };
    const result = await measureUnlessAborted(plan, peers, signal);
    if (result === undefined) break;
    done.push({ kind, result });
  }
  return done;
}

async function measureUnlessAborted(
  plan: SeriesPlan,
  peers: Peers,
  signal: AbortSignal | undefined,
): Promise<SeriesResult | undefined> {
  try {
    return await measureSeries(plan, peers, signal);
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

/** What is left, in equal parts: a slow series cannot take the time of those after it. */
function shareOfTime(endAtMs: number, seriesLeft: number): number {
  const nowMs = systemClock.nowMs();
  return nowMs + (endAtMs - nowMs) / seriesLeft;
}

/** The first calls of a program are slower than all others. */
function warmUp(peers: Peers): void {
  const local = freshEndpoint();
  const plan = { options: 'port', state: 'bound', local, callsPerPoint: WARM_UP_CALLS } as const;
  measurePoint(plan, peers, 0);
}

function reportOf(done: readonly DoneSeries[], cuts: readonly string[]): CostReport {
  const points = done.flatMap(({ result }) => result.points);
  const notes = [
    ...METHOD_NOTES,
    ...cuts,
    ...done.flatMap(({ kind, result }) => seriesNotes(kind, result)),
    ...(done.length < SERIES.length ? [stoppedNote(done.length, SERIES.length)] : []),
    LEFT_BEHIND_NOTE,
  ];
  const trends = trendsOf(points);
  const reuseAddrFastPath = fastPathOf(trends);
  return { formatVersion: 1, host: describeHost(), points, trends, reuseAddrFastPath, notes };
}
