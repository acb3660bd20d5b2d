// Which generators had no time to spare: their load was not the plan's, and what it measured is of them.
import { GENERATOR_LIMITS } from '../judge/doubts.ts';
import type { GeneratorReport } from '../load/spec.ts';
import type { Attempt } from '../result/attempt.ts';
import type { BlockProblem } from '../result/types.ts';
import type { RawBlock } from './engine.ts';
import { lateP99Ms } from './late.ts';

type Saturated = Extract<BlockProblem, { id: 'generator-saturated' }>;

/**
 * The worst sign of each generator that is beyond a limit at which a run of one machine warns.
 * @param isPaced whether transfers are due at times of their own, and can be late
 */
export function saturations(
  { generators, shards, attempts }: Pick<RawBlock, 'generators' | 'shards' | 'attempts'>,
  isPaced: boolean,
): Saturated[] {
  const own: Attempt[][] = generators.map(() => []);
  for (const attempt of isPaced ? attempts : []) {
    if (attempt.session >= 0) own[attempt.session % generators.length]?.push(attempt);
  }
  return generators.flatMap((report, i) => {
    const [worst] = signs(report, own[i] ?? []);
    if (worst === undefined) return [];
    const agent = shards?.[i]?.agent;
    const generator = agent === undefined ? `load generator ${i + 1}` : `agent ${agent}`;
    return [{ id: 'generator-saturated', generator, ...worst }];
  });
}

/** Of what its own attempts and its report tell: how far beyond its limit each is, the worst first. */
function signs(report: GeneratorReport, attempts: readonly Attempt[]): Pick<Saturated, 'sign' | 'value'>[] {
  const { busy, starved, stalled, late } = GENERATOR_LIMITS;
  const values = [
    { sign: 'busy', value: report.cpuShare, limit: busy },
    { sign: 'starved', value: report.runQueueShare ?? 0, limit: starved },
    { sign: 'stalled', value: report.eventLoopLagMaxMs, limit: stalled },
    { sign: 'late', value: lateP99Ms(attempts) ?? 0, limit: late },
  ] as const;
  return values
    .filter(({ value, limit }) => value > limit)
    .sort((a, b) => b.value / b.limit - a.value / a.limit)
    .map(({ sign, value }) => ({ sign, value }));
}
