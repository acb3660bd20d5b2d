// From measured waits to a schedule: constant, growing by one unit each time, or random.
import { isRandom } from '../experiments/schedule.ts';
import type { ScheduleFacts } from '../facts.ts';
import { tenths } from './trait.ts';

export type Pattern =
  | { readonly kind: 'random'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'constant' | 'growing'; readonly unitMs: number }
  | { readonly kind: 'single' | 'other' };

/** Timers are late by a little; no known schedules are nearer to each other than this. */
const TOLERANCE = 0.12;

export function patternOf({ waitsMs, firstWaitsMs }: ScheduleFacts): Pattern {
  if (isRandom(firstWaitsMs)) {
    return { kind: 'random', minMs: Math.min(...firstWaitsMs), maxMs: Math.max(...firstWaitsMs) };
  }
  const [unitMs = 0] = waitsMs;
  const isNear = (multiple: (index: number) => number) =>
    waitsMs.every((waitMs, index) => Math.abs(waitMs / unitMs / multiple(index) - 1) < TOLERANCE);
  if (waitsMs.length < 2) return { kind: 'single' };
  if (isNear(() => 1)) return { kind: 'constant', unitMs };
  return isNear((index) => index + 1) ? { kind: 'growing', unitMs } : { kind: 'other' };
}

/** How many waits fit into `ms` milliseconds: exact where the pattern tells, else undefined. */
export function waitsWithin(pattern: Pattern, ms: number): number | undefined {
  if (pattern.kind === 'constant') return ms / pattern.unitMs;
  // u + 2u + … + nu = u n(n+1)/2
  if (pattern.kind === 'growing') return (Math.sqrt(1 + (8 * ms) / pattern.unitMs) - 1) / 2;
  return undefined;
}

export function patternWords(pattern: Pattern, { waitsMs }: ScheduleFacts): string {
  const measured = waitsMs.map(tenths).join(', ');
  switch (pattern.kind) {
    case 'random':
      return `random, ${tenths(pattern.minMs)} to ${tenths(pattern.maxMs)} s seen`;
    case 'constant':
      return `${tenths(pattern.unitMs)} s each time`;
    case 'growing':
      return `${measured}, … s: longer by ${tenths(pattern.unitMs)} s each time`;
    case 'single':
      return `${measured} s, once`;
    case 'other':
      return `${measured}, … s`;
    default:
      return pattern satisfies never;
  }
}
