// Random plans and their parts for property tests: all that a plan file can say.
import fc from 'fast-check';
import { BINDER_NAMES, RETRY_PRESETS } from '../../src/binder/types.ts';
import { PEER_NAMES } from '../../src/peers/types.ts';
import { contestantsOf } from '../../src/plan/contestants.ts';
import {
  ANNOUNCEMENTS,
  CLIENT_PORTS,
  DIRECTIONS,
  LOGINS,
  ON_SATURATION,
  type Plan,
  type Scenario,
  type SizeDistribution,
  type Stage,
  type TimeDistribution,
  TLS_MODES,
  UNTILS,
  USER_PIS,
  type Weighted,
  type Workload,
} from '../../src/plan/types.ts';

/** Whole milliseconds and tenths of them: whatever a duration can say. */
export const DURATIONS_MS = fc.oneof(
  fc.integer({ min: 1, max: 1e7 }),
  fc.integer({ min: 1, max: 1e7 }).map((tenths) => tenths / 10),
);
const BYTES = fc.oneof(
  fc.nat(2 ** 20),
  fc.nat(1024).map((n) => n * 1024),
);
const WEIGHTS = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true, noDefaultInfinity: true }),
);

export const TIMES: fc.Arbitrary<TimeDistribution> = fc.oneof(
  DURATIONS_MS.map((ms) => ({ kind: 'fixed', ms }) as const),
  DURATIONS_MS.map((meanMs) => ({ kind: 'exponential', meanMs }) as const),
  fc
    .tuple(DURATIONS_MS, DURATIONS_MS)
    .map(([a, b]) => ({ kind: 'uniform', minMs: Math.min(a, b), maxMs: Math.max(a, b) }) as const),
);

export function weighted<T>(values: fc.Arbitrary<T>): fc.Arbitrary<Weighted<T>[]> {
  const entries = fc.record({ value: values, weight: WEIGHTS });
  return fc.uniqueArray(entries, { minLength: 2, maxLength: 4, selector: ({ value }) => value });
}

export const SIZES: fc.Arbitrary<SizeDistribution> = fc.oneof(
  BYTES.map((bytes) => ({ kind: 'fixed', bytes }) as const),
  weighted(BYTES).map((of) => ({ kind: 'choice', of }) as const),
  fc
    .tuple(BYTES, BYTES, fc.double({ min: 0.01, max: 3, noNaN: true }))
    .filter(([a, b]) => Math.min(a, b) > 0)
    .map(([a, b, sigma]) => {
      return { kind: 'lognormal', medianBytes: Math.min(a, b), sigma, maxBytes: Math.max(a, b) } as const;
    }),
);

const MIXES = fc.oneof(
  fc.constantFrom(...DIRECTIONS).map((value) => [{ value, weight: 1 }]),
  weighted(fc.constantFrom(...DIRECTIONS)),
);

/** Levels and ramps; a ramp begins where the stage before it ended, the first one at 0. */
export function stagesOf(levels: fc.Arbitrary<number>): fc.Arbitrary<Stage[]> {
  const stage = fc.record({ durationMs: DURATIONS_MS, level: levels, ramp: fc.boolean() });
  return fc.array(stage, { minLength: 1, maxLength: 4 }).map((drawn) => {
    let before = 0;
    return drawn.map(({ durationMs, level, ramp }) => {
      const from = ramp ? before : level;
      before = level;
      return { durationMs, from, to: level };
    });
  });
}

/** Of a block: a plan with more is refused. */
const MAX_ARRIVALS = 5e6;

function arrivalsIn(stages: readonly Stage[]): number {
  return stages.reduce((sum, { from, to, durationMs }) => sum + ((from + to) / 2) * (durationMs / 1000), 0);
}

function isLoad(stages: readonly Stage[]): boolean {
  return stages.some(({ from, to }) => from > 0 || to > 0);
}

interface Loaded {
  readonly workload: Workload;
  readonly durationMs: number;
}

function workloadsFor(sessions: number): fc.Arbitrary<Loaded> {
  const lasting = (workload: Workload, stages: readonly Stage[]): Loaded => {
    return { workload, durationMs: stages.reduce((sum, { durationMs }) => sum + durationMs, 0) };
  };
  const level = DURATIONS_MS.map((durationMs) => [{ durationMs, from: sessions, to: sessions }]);
  const closed = fc.tuple(
    TIMES,
    fc.oneof(level, stagesOf(fc.integer({ min: 0, max: sessions })).filter(isLoad)),
  );
  const rates = fc.double({ min: 0.1, max: 1e3, noNaN: true });
  const open = fc
    .tuple(fc.constantFrom('poisson' as const, 'constant' as const), stagesOf(rates))
    .filter(([, stages]) => arrivalsIn(stages) <= MAX_ARRIVALS);
  const bursts = fc
    .tuple(DURATIONS_MS, fc.integer({ min: 1, max: sessions }), DURATIONS_MS)
    .filter(([everyMs, size, durationMs]) => size * Math.ceil(durationMs / everyMs) <= MAX_ARRIVALS);
  return fc.oneof(
    closed.map(([thinkTime, stages]) => lasting({ kind: 'closed', thinkTime, stages }, stages)),
    open.map(([arrivals, stages]) => lasting({ kind: 'open', arrivals, stages }, stages)),
    bursts.map(([everyMs, size, durationMs]) => {
      return { workload: { kind: 'bursts', everyMs, size } as const, durationMs };
    }),
  );
}

const SCENARIOS: fc.Arbitrary<Scenario> = fc
  .integer({ min: 8, max: 500 })
  .chain((sessions) =>
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/),
      sessions: fc.constant(sessions),
      loaded: workloadsFor(sessions),
      warmUpShare: fc.constantFrom(0, 0.5),
      mix: MIXES,
      fileSize: SIZES,
      transfers: fc.oneof(fc.constant(0), fc.integer({ min: 8, max: 1e6 })),
      bindToConnectMs: fc.nat(99),
      clientAddresses: fc.oneof(fc.constant('each' as const), fc.integer({ min: 1, max: sessions })),
      clientPort: fc.constantFrom(...CLIENT_PORTS),
      announce: fc.constantFrom(...ANNOUNCEMENTS),
      login: fc.constantFrom(...LOGINS),
      tls: fc.constantFrom(...TLS_MODES),
      network: fc.constant('none' as const), // another one is for binders alone
    }),
  )
  .map(({ loaded, warmUpShare, ...same }) => {
    const warmUpMs = Math.floor(loaded.durationMs * warmUpShare);
    return { ...same, ...loaded, warmUpMs };
  });

const STRATEGIES = fc
  .record({
    binders: fc.array(fc.constantFrom(...BINDER_NAMES), { maxLength: 6 }),
    peers: fc.array(fc.constantFrom(...PEER_NAMES), { maxLength: 2 }),
    targets: fc.array(fc.constantFrom('ftp://127.0.0.1:2121/file', 'ftp://u@[::1]/a%20b'), { maxLength: 2 }),
  })
  .filter((named) => contestantsOf(named).length > 0);

export const PLANS: fc.Arbitrary<Plan> = STRATEGIES.chain((named) =>
  fc.record({
    formatVersion: fc.constant(1 as const),
    name: fc.string({ minLength: 1 }),
    seed: fc.nat(2 ** 31),
    binders: fc.constant(named.binders),
    peers: fc.constant(named.peers),
    targets: fc.constant(named.targets),
    scenarios: fc.uniqueArray(SCENARIOS, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    blocks: fc.integer({ min: 1, max: 1000 }),
    until: fc.constantFrom(...UNTILS),
    // No later than one block, whatever their number.
    abortOn: fc.uniqueArray(
      fc.constantFrom('*.failureRate > 50%', '*/*.transferP99Ms >= 1.5s', '*.failed == 3'),
    ),
    abortAfter: fc.constant(1),
    // Longer than any block with its rest: a shorter one is refused.
    maxTimeMs: fc.constantFrom(0, 2e9),
    restMs: fc.oneof(fc.constant(0), DURATIONS_MS),
    workers: fc.integer({ min: 1, max: 8 }),
    generators: fc.integer({ min: 1, max: 8 }),
    onSaturation: fc.constantFrom(...ON_SATURATION),
    userPi: fc.constantFrom(...USER_PIS),
    requireDataPort: fc.boolean(),
    retry: fc.oneof(
      fc.constantFrom('default' as const, ...RETRY_PRESETS),
      fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }),
    ),
    timeUnitMs: fc.integer({ min: 1, max: 1000 }),
    timeoutMs: fc.integer({ min: 100, max: 60_000 }),
    baseline: fc.constantFrom(...contestantsOf(named).map(({ name }) => name)),
  }),
).map(sealedWherePossible);

/** The lean client and peers have no TLS. */
function sealedWherePossible(plan: Plan): Plan {
  if (plan.userPi === 'basic-ftp' && plan.peers.length === 0) return plan;
  return { ...plan, scenarios: plan.scenarios.map((one) => ({ ...one, tls: 'off' })) };
}
