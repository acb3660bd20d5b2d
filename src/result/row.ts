// What the counts of one row of a result say of it: how many transfers ended by themselves, and what rests on an assumption.
import type { BlockResult, StrategyResult } from './types.ts';

/** Transfers that ended by themselves, well or not: what the failure rate is a share of. */
export function finishedOf({ completed, failed }: Pick<BlockResult, 'completed' | 'failed'>): number {
  return completed + failed;
}

/** Of the data connections that reached the client; null when none did. */
export function shareFromDefaultDataPort({
  connected,
  fromDefaultDataPort,
}: Pick<StrategyResult, 'connected' | 'fromDefaultDataPort'>): number | null {
  return connected === 0 ? null : fromDefaultDataPort / connected;
}

/** Where none or all failed, the interval rests on a design effect that nobody measured. */
export function isClusteringAssumed({
  interval,
  designEffect,
}: Pick<StrategyResult, 'interval' | 'designEffect'>): boolean {
  return interval !== null && designEffect === null;
}
