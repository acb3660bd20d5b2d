// The names of what can be compared beside failure rates: by themselves, for flags need no statistics.
export const QUANTITY_NAMES = ['rate', 'throughput', 'p50', 'p90', 'p95', 'p99', 'p99.9'] as const;
export type QuantityName = (typeof QUANTITY_NAMES)[number];
