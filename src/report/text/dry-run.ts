// What a plan would run, and what it can tell: printed before anything is loaded.

import { contestantsOf } from '../../plan/contestants.ts';
import { blockOrder } from '../../plan/order.ts';
import type { Plan } from '../../plan/types.ts';
import { ASSUMED_DESIGN_EFFECT } from '../../stats/blocks.ts';
import { blocksForHolm } from '../../stats/holm.ts';
import {
  detectableDifference,
  transfersToTellApart,
  transfersWithoutFailure,
} from '../../stats/sample-size.ts';
import { looks } from '../../stats/sequential.ts';
import { ASSUMED_WEIGHT } from '../words/assumed.ts';
import {
  formatCount,
  formatPercent,
  formatPoints,
  formatTimeSpan,
  NO_VALUE,
  plural,
} from '../words/format.ts';
import { proseColumnsOf, type TextOptions } from './options.ts';
import { loadOfScenario, settingsOf } from './scenario.ts';
import { wrap } from './wrap.ts';

export function formatDryRun(plan: Plan, options: TextOptions): string {
  const columns = proseColumnsOf(options);
  return linesOf(plan)
    .map((line) => wrap(line, columns, '  '))
    .join('\n');
}

function linesOf(plan: Plan): string[] {
  const order = blockOrder(plan);
  const loadMs = order.reduce((ms, { scenario }) => ms + scenario.durationMs + plan.restMs, 0);
  const strategies = contestantsOf(plan).map(({ name }) => name);
  return [
    `plan ${plan.name}: ${plural(order.length, 'block')}, ${formatTimeSpan(loadMs)} of load and rest, and a little between blocks`,
    ...(plan.maxTimeMs > 0 ? [`no block begins that would end after ${formatTimeSpan(plan.maxTimeMs)}`] : []),
    `strategies: ${strategies.join(', ')}; baseline ${plan.baseline}`,
    ...plan.scenarios.map((scenario) => `${scenario.name}: ${loadOfScenario(plan, scenario)}`),
    ...settingsOf(plan),
    '',
    'what it can tell',
    ...claims(plan, strategies.length - 1),
    ...(strategies.length > 1 ? [ASSUMPTION] : []),
    '',
    'blocks in this order',
    ...rounds(plan),
  ];
}

/** Rates at which a difference is worth knowing: next to none, some, and half. */
const RATES = [0.01, 0.1, 0.5] as const;
const TRANSFERS_A_BLOCK = [100, 1000] as const;

const ASSUMPTION = `- these numbers count ${ASSUMED_WEIGHT}, for failures come in clusters: a design effect of ${ASSUMED_DESIGN_EFFECT} is assumed until blocks show their own`;

function claims(plan: Plan, comparisons: number): string[] {
  if (comparisons === 0) return ['- one strategy: its failure rate with an interval, nothing to compare'];
  const fewest = blocksForHolm(comparisons);
  const enough = plan.blocks >= fewest ? '' : ': too few, no difference can be claimed';
  return [
    `- ${plural(comparisons, 'comparison')} with ${plan.baseline} a scenario ${comparisons === 1 ? 'needs' : 'need'} ${plural(fewest, 'block')} of each strategy; the plan has ${plan.blocks}${enough}`,
    ...looksInWords(plan, comparisons),
    ...[0.01, 0.001].map(
      (rate) =>
        `- a failure rate below ${formatPercent(rate)} is shown by ${formatCount(transfersWithoutFailure(rate))} transfers of which none fails`,
    ),
    `- 50 % and 55 % are told apart (power 80 %) by ${formatCount(transfersToTellApart(0.5, 0.55))} transfers of each strategy, 0 % and 1 % by ${formatCount(transfersToTellApart(0, 0.01))}`,
    ...(plan.blocks < fewest ? [] : detectable(plan, comparisons)),
  ];
}

/** Of a baseline that fails at some rates, how far another strategy must be off to be told from it. */
function detectable(plan: Plan, comparisons: number): string[] {
  return TRANSFERS_A_BLOCK.map((transfersPerBlock) => {
    const found = RATES.map((rate) => {
      const { fewer, more } = detectableDifference(rate, {
        blocks: plan.blocks,
        transfersPerBlock,
        comparisons,
      });
      const limits = [
        fewer === null ? NO_VALUE : formatPoints(-fewer),
        more === null ? NO_VALUE : formatPoints(more),
      ];
      return `${limits.join(' or ')} from ${formatPercent(rate)}`;
    });
    return `- with ${formatCount(transfersPerBlock)} transfers a block the plan finds (power 80 %, percentage points): ${found.join('; ')}`;
  });
}

function looksInWords(plan: Plan, comparisons: number): string[] {
  if (plan.until !== 'conclusive') return [];
  const planned = looks(comparisons, plan.blocks).map(({ blocks }) => blocks);
  return [
    `- until conclusive: it looks after ${planned.join(', ')} blocks of each and ends when every comparison is settled`,
  ];
}

/** One line a round: the strategies of each scenario in their order. */
function rounds(plan: Plan): string[] {
  const lines = new Map<string, string[]>();
  for (const { index, scenario, contestant } of blockOrder(plan)) {
    const key = `${index + 1} ${scenario.name}:`;
    lines.set(key, [...(lines.get(key) ?? []), contestant.name]);
  }
  return [...lines].map(([key, names]) => `${key} ${names.join(' ')}`);
}
