// A cost report with numbers as they were measured once, for the renderers.
import { fastPathOf } from '../../../src/probe/cost/fast-path.ts';
import { trendsOf } from '../../../src/probe/cost/trend.ts';
import type { CostPoint, CostReport, CostState, OptionSet } from '../../../src/probe/types.ts';

const SIZES = [0, 500, 1000, 2000, 4000, 8000, 16_000];
const FLAT = [0.48, 0.39, 0.39, 0.4, 0.41, 0.4, 0.39];
const CONNECT = [5.2, 5.3, 5.2, 5.5, 5.3, 5.4, 5.3];

const BIND: Readonly<Record<CostState, Readonly<Partial<Record<OptionSet, readonly number[]>>>>> = {
  bound: { none: [0.5], addr: [0.57, 3.74, 7.14, 16.07, 52.2, 224.08, 546.51], port: FLAT, both: FLAT },
  connected: { addr: [0.58, 4.09, 8.07, 20, 57.74, 310.99, 1204.3], port: FLAT, both: FLAT },
  'time-wait': { addr: [0.59, 3.27, 5.82, 11.41, 24.95, 98.66, 264.45], port: FLAT, both: FLAT },
};

/** @param reached how many of the sizes a series came to */
export function sampleCostReport(reached: (state: CostState) => number = () => SIZES.length): CostReport {
  const points = (Object.keys(BIND) as CostState[]).flatMap((state) =>
    (Object.keys(BIND[state]) as OptionSet[]).flatMap((options) => {
      const bind = (BIND[state][options] ?? []).slice(0, reached(state));
      return [
        ...bind.map((cost, i) => point(options, state, 'bind', i, cost)),
        ...bind.map((_, i) => point(options, state, 'connect', i, CONNECT[i] ?? 0)),
      ];
    }),
  );
  return {
    formatVersion: 1,
    host: { platform: 'linux', kernel: '6.18.5', arch: 'x64', node: 'v20.20.2', sysctls: {} },
    points,
    trends: trendsOf(points),
    reuseAddrFastPath: fastPathOf(trendsOf(points)),
    notes: ['a note that must be read beside the numbers'],
  };
}

function point(
  options: OptionSet,
  state: CostState,
  call: CostPoint['call'],
  index: number,
  medianMicroseconds: number,
): CostPoint {
  const sockets = SIZES[index] ?? 0;
  return {
    ...{ options, state, call, sockets, medianMicroseconds },
    ...{ p90Microseconds: 1.2 * medianMicroseconds, calls: 1000 },
  };
}
