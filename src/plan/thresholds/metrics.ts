// What a threshold can be about: the numbers of one strategy in one scenario, by name and unit.

/** `share`: a proportion from 0 to 1, or per cent. `time`: milliseconds. `number`: as it is. */
export type MetricUnit = 'share' | 'time' | 'number';

const UNITS = {
  failureRate: 'share',
  failureRateLower: 'share',
  failureRateUpper: 'share',
  failed: 'number',
  completed: 'number',
  offered: 'number',
  dropped: 'number',
  waitToBindP50Ms: 'time',
  waitToBindP99Ms: 'time',
  transferP50Ms: 'time',
  transferP90Ms: 'time',
  transferP95Ms: 'time',
  transferP99Ms: 'time',
  transferP999Ms: 'time',
  transferMaxMs: 'time',
  transfersPerSecond: 'number',
  bytesPerSecond: 'number',
  bindsPerTransfer: 'number',
  fromDefaultDataPortShare: 'share',
  peakSockets: 'number',
} as const satisfies Record<string, MetricUnit>;

export type MetricName = keyof typeof UNITS;
export const METRIC_NAMES = Object.keys(UNITS) as readonly MetricName[];

export function unitOf(name: MetricName): MetricUnit {
  return UNITS[name];
}

/** Of peers and targets it is not known. */
const TOLD_BY_OWN_SERVER: readonly MetricName[] = ['waitToBindP50Ms', 'waitToBindP99Ms', 'bindsPerTransfer'];

export function isToldByOwnServerOnly(name: MetricName): boolean {
  return TOLD_BY_OWN_SERVER.includes(name);
}
