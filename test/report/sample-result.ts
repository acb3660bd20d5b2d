// A realistic result for the tests of reports: two loads, six binders, eight blocks each, its sums made by the real code.
import { BINDER_NAMES, type BinderName } from '../../src/binder/types.ts';
import { compareWithBaseline, summarizeStrategies } from '../../src/judge/summary.ts';
import type { Plan, Scenario } from '../../src/plan/types.ts';
import type {
  BlockResult,
  ContentionTimes,
  GeneratorLoad,
  RunResult,
  Timeline,
} from '../../src/result/types.ts';
import { createHistogram, encodeHistogram } from '../../src/stats/histogram.ts';

const SCENARIO = sampleScenario();
const SCENARIOS: readonly Scenario[] = [sampleScenario({ name: 'downloads-8', sessions: 8 }), SCENARIO];

const PLAN: Plan = {
  formatVersion: 1,
  name: 'collisions',
  seed: 20,
  binders: BINDER_NAMES,
  ...{ peers: [], targets: [], until: 'blocks', maxTimeMs: 0, restMs: 0 },
  ...{ abortOn: [], abortAfter: 2 },
  scenarios: SCENARIOS,
  blocks: 8,
  workers: 2,
  generators: 1,
  ...{ onSaturation: 'default', userPi: 'basic-ftp', requireDataPort: false },
  retry: 'default',
  timeUnitMs: 5,
  timeoutMs: 30_000,
  baseline: 'legacy',
};

/** One row a scenario and binder: [failed, completed] of each block, and what else was seen. */
interface Shape {
  readonly blocks: readonly (readonly [number, number])[];
  readonly binds: number;
  readonly waitMs: number;
  readonly peak: number;
  readonly key?: string;
}

const none = (completed: readonly number[]): Shape['blocks'] => completed.map((count) => [0, count]);

const SHAPES: Readonly<Record<string, Readonly<Record<BinderName, Shape>>>> = {
  'downloads-8': {
    legacy: {
      blocks: [
        [141, 4],
        [139, 3],
        [144, 3],
        [138, 4],
        [142, 3],
        [140, 4],
        [139, 4],
        [143, 3],
      ],
      binds: 10.8,
      waitMs: 120,
      peak: 1,
    },
    'legacy-bsd': {
      blocks: [
        [118, 860],
        [131, 845],
        [96, 901],
        [124, 852],
        [109, 880],
        [127, 861],
        [113, 871],
        [121, 859],
      ],
      binds: 4.2,
      waitMs: 41,
      peak: 7,
    },
    'reuse-addr': {
      blocks: none([5310, 5288, 5402, 5351, 5266, 5370, 5299, 5344]),
      binds: 1,
      waitMs: 0,
      peak: 8,
    },
    'reuse-port': {
      blocks: none([6620, 6701, 6588, 6640, 6675, 6611, 6694, 6630]),
      binds: 1,
      waitMs: 0,
      peak: 8,
    },
    'reuse-both': {
      blocks: none([6602, 6644, 6571, 6660, 6590, 6633, 6619, 6648]),
      binds: 1,
      waitMs: 0,
      peak: 8,
    },
    ephemeral: {
      blocks: none([6730, 6699, 6752, 6701, 6688, 6745, 6712, 6726]),
      binds: 1,
      waitMs: 0,
      peak: 0,
    },
  },
  'downloads-64': {
    legacy: {
      blocks: [
        [198, 4],
        [201, 3],
        [196, 4],
        [200, 3],
        [199, 3],
        [197, 4],
        [202, 3],
        [198, 4],
      ],
      binds: 10.9,
      waitMs: 160,
      peak: 1,
    },
    'legacy-bsd': {
      blocks: [
        [402, 588],
        [431, 560],
        [377, 610],
        [418, 581],
        [396, 602],
        [440, 548],
        [409, 585],
        [422, 577],
      ],
      binds: 8.1,
      waitMs: 133,
      peak: 24,
    },
    'reuse-addr': {
      blocks: none([4310, 4288, 4402, 4351, 4266, 4370, 4299, 4344]),
      binds: 1,
      waitMs: 0,
      peak: 29,
    },
    'reuse-port': {
      blocks: none([6820, 6901, 6788, 6840, 6875, 6811, 6894, 6830]),
      binds: 1,
      waitMs: 0,
      peak: 31,
    },
    'reuse-both': {
      blocks: none([6802, 6844, 6771, 6860, 6790, 6833, 6819, 6848]),
      binds: 1,
      waitMs: 0,
      peak: 30,
    },
    ephemeral: {
      blocks: none([6930, 6899, 6952, 6901, 6888, 6945, 6912, 6926]),
      binds: 1,
      waitMs: 0,
      peak: 0,
    },
  },
};

/** The whole result, with what a test wants changed. `blocks` decide the sums unless those are given too. */
export function sampleResult(changes: Partial<RunResult> = {}): RunResult {
  const requested = changes.requested ?? PLAN;
  const blocks = changes.blocks ?? allBlocks();
  return {
    formatVersion: 3,
    tool: { name: 'port20', version: '0.1.0' },
    host: {
      platform: 'linux',
      kernel: '6.18.5',
      arch: 'x64',
      node: '20.20.2',
      cpus: 2,
      cpuModel: 'Sample CPU @ 2.50GHz',
      descriptorLimit: 1_048_576,
      loopback: true,
      memoryBytes: 8_340_000_000,
      truthTableDigest: null,
      sysctls: {
        'net.ipv4.tcp_timestamps': '1',
        'net.ipv4.tcp_tw_reuse': '2',
        'net.ipv4.tcp_max_tw_buckets': '131072',
      },
    },
    startedAt: '2026-02-20T09:00:00.000Z',
    durationMs: 390_000,
    requested,
    blocks,
    ...(requested === PLAN && blocks === cachedBlocks ? sampleSums() : sumsOf(requested, blocks)),
    warnings: [],
    partial: false,
    endedBy: 'plan',
    abortedBy: null,
    resumed: [],
    merged: [],
    valid: true,
    ...changes,
  };
}

type Sums = Pick<RunResult, 'strategies' | 'comparisons'>;

function sumsOf(plan: Plan, blocks: readonly BlockResult[]): Sums {
  return { strategies: summarizeStrategies(plan, blocks), comparisons: compareWithBaseline(plan, blocks) };
}

let cachedSums: Sums | undefined;

/** Made once a test file: ten comparisons of 9 999 resamples each take a third of a second. */
function sampleSums(): Sums {
  cachedSums ??= sumsOf(PLAN, allBlocks());
  return structuredClone(cachedSums);
}

let cachedBlocks: readonly BlockResult[] | undefined;

/** Made once a test file: recording and encoding 192 histograms takes a while. */
function allBlocks(): readonly BlockResult[] {
  cachedBlocks ??= SCENARIOS.flatMap((scenario) =>
    BINDER_NAMES.flatMap((binder) => blocksOf(scenario, binder)),
  );
  return cachedBlocks;
}

export function samplePlan(changes: Partial<Plan> = {}): Plan {
  return { ...PLAN, ...changes };
}

/** A closed load without a pause, all sessions at once, unless `changes` bring another workload. */
export function sampleScenario(changes: Partial<Scenario> = {}): Scenario {
  const { sessions = 64, durationMs = 5000 } = changes;
  return {
    name: 'downloads-64',
    workload: {
      kind: 'closed',
      thinkTime: { kind: 'fixed', ms: 0 },
      stages: [{ durationMs, from: sessions, to: sessions }],
    },
    sessions,
    mix: [{ value: 'retr', weight: 1 }],
    fileSize: { kind: 'fixed', bytes: 4096 },
    durationMs,
    ...{ warmUpMs: 0, transfers: 0, bindToConnectMs: 5 },
    ...{ clientAddresses: 'each', clientPort: 'fresh', announce: 'auto', login: 'once', tls: 'off' },
    network: 'none',
    ...changes,
  };
}

function blocksOf(scenario: Scenario, binder: BinderName): BlockResult[] {
  const shape = SHAPES[scenario.name]?.[binder];
  return (shape?.blocks ?? []).map(([failed, completed], index) =>
    sampleBlock({
      scenario: scenario.name,
      contestant: binder,
      index,
      completed,
      failed,
      bindCalls: Math.round((completed + failed) * (shape?.binds ?? 1)),
      fromDefaultDataPort: binder === 'ephemeral' ? 0 : completed,
      peakSockets: shape?.peak ?? 0,
      peakProcesses: Math.min(2, shape?.peak ?? 0),
      waitsToBind: histogramOf(completed, shape?.waitMs ?? 0),
    }),
  );
}

/** A block that agrees with itself: offered, failures and connected follow from what is given. */
export function sampleBlock(changes: Partial<BlockResult> = {}): BlockResult {
  const { completed = 100, failed = 0, cancelled = 0, dropped = 0, durationMs = 5000 } = changes;
  const { contestant = 'reuse-port' } = changes;
  return {
    scenario: SCENARIO.name,
    contestant,
    binder: binderNamed(contestant),
    index: 0,
    server: { address: '127.20.0.1', port: 2121 },
    dataPort: 2120,
    startedAt: '2026-02-20T09:00:00.000Z',
    durationMs,
    offered: completed + failed + cancelled + dropped,
    ...{ completed, failed, cancelled, dropped, warmUp: 0 },
    failures: failed > 0 ? { 'bind.EADDRINUSE': failed } : {},
    serverView: true,
    bindCalls: completed + failed,
    bytes: completed * 4096,
    connected: completed,
    fromDefaultDataPort: completed,
    peakSockets: 12,
    peakProcesses: 2,
    waitsToBind: histogramOf(completed, 0),
    transferTimes: histogramOf(completed, 3),
    contention: sampleContention(contestant),
    timeline: sampleTimeline(durationMs, completed, failed),
    generator: GENERATOR,
    valid: true,
    problems: [],
    warnings: [],
    ...changes,
  };
}

/** Half a million durations: as `recordMs` counts them, without looking up a global for each, which takes Jest long. */
/** Of `legacy-bsd#2` too; null of a peer or a target. */
function binderNamed(contestant: string): BinderName | null {
  return BINDER_NAMES.find((name) => name === contestant.replace(/#\d+$/, '')) ?? null;
}

function histogramOf(count: number, medianMs: number): string {
  const histogram = createHistogram();
  const { round } = Math;
  if (medianMs === 0 && count > 0) histogram.recordValueWithCount(0, count);
  else
    for (let rank = 0; rank < count; rank += 1)
      histogram.recordValue(round((medianMs * 1000 * (2 * rank + 1)) / count));
  return encodeHistogram(histogram);
}

const GENERATOR: GeneratorLoad = {
  ...{ cpuShare: 0.62, runQueueShare: 0.08, eventLoopLagP99Ms: 4, eventLoopLagMaxMs: 31, lateP99Ms: null },
  ...{ descriptors: 170, listenOverflows: 0, timeWaitOverflows: 0 },
};

/** Not of the legacy strategies: to predict those would take longer than all tests of the report. */
function sampleContention(contestant: string): ContentionTimes | null {
  if (contestant.startsWith('legacy')) return null;
  contention ??= {
    beforeBind: histogramOf(100, 0.4),
    window: histogramOf(100, 5),
    holdAfterConnect: histogramOf(100, 0.6),
    after: histogramOf(100, 0.5),
    oversleep: histogramOf(0, 0),
  };
  return contention;
}

let contention: ContentionTimes | undefined;

/** Ten slices of even load; TIME_WAIT gathers. */
function sampleTimeline(durationMs: number, completed: number, failed: number): Timeline {
  const slices = 10;
  const evenly = (total: number) =>
    Array.from({ length: slices }, (_, i) => Math.floor((total + i) / slices));
  const each = <T>(value: (slice: number) => T) => Array.from({ length: slices }, (_, i) => value(i));
  return {
    everyMs: durationMs / slices,
    completed: evenly(completed),
    failed: evenly(failed),
    inFlight: each(() => SCENARIO.sessions),
    liveSockets: each(() => 12),
    timeWaitSockets: each((slice) => (slice === 0 ? null : Math.round((completed * slice) / slices))),
    bindMs: each(() => (completed > 0 ? 0.02 : null)),
  };
}
