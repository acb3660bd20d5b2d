// The plan as YAML with every default spelled out; reading it back gives the same plan.
import { stringify } from 'yaml';
import { formatDuration } from '../units.ts';
import { formatTimeDistribution } from './distributions.ts';
import { printOwn } from './keys/key.ts';
import { PLAN_KEYS } from './keys/plan.ts';
import { SCENARIO_KEYS } from './keys/scenario.ts';
import type { Plan, Scenario, Stage, Workload } from './types.ts';

export function formatPlan(plan: Plan): string {
  return stringify(planDocument(plan));
}

/** The order of a printed plan, where it is not the one of the keys. */
const PLAN_ORDER = [
  ...[
    'formatVersion',
    'name',
    'seed',
    'peers',
    'targets',
    'blocks',
    'until',
    'abortOn',
    'abortAfter',
    'workers',
    'generators',
    'onSaturation',
  ],
  ...['userPi', 'requireDataPort', 'retry', 'binders', 'baseline', 'maxTime', 'rest', 'timeUnit', 'timeout'],
];
const SCENARIO_ORDER = [
  ...['name', 'sessions', 'workload', 'thinkTime', 'arrivals', 'rate', 'every', 'burst', 'stages'],
  ...['duration', 'mix', 'fileSize', 'warmUp', 'bindToConnect'],
];

type Document = Record<string, unknown>;

/** The plan in the form of a plan file, not yet as text. */
export function planDocument(plan: Plan): Document & { scenarios: Document[] } {
  const { binders, baseline, scenarios } = plan;
  const own = { ...printOwn(PLAN_KEYS, plan), binders, baseline };
  return { ...inOrder(own, PLAN_ORDER), scenarios: scenarios.map(scenarioDocument) };
}

function scenarioDocument(scenario: Scenario): Document {
  const { workload, sessions, durationMs } = scenario;
  const own = {
    ...printOwn(SCENARIO_KEYS, scenario),
    ...workloadDocument(workload, durationMs, sessions),
    mix: SCENARIO_KEYS.mix.kind.print(scenario.mix),
  };
  return inOrder(own, SCENARIO_ORDER);
}

/** The keys of `first` first, the others behind them. */
function inOrder(document: Document, first: readonly string[]): Document {
  const known = first.flatMap((name) => (name in document ? [[name, document[name]] as const] : []));
  return { ...Object.fromEntries(known), ...document };
}

function workloadDocument(workload: Workload, durationMs: number, sessions: number): Record<string, unknown> {
  const { kind } = workload;
  const duration = formatDuration(durationMs);
  switch (kind) {
    case 'closed': {
      const level = levelOf(workload.stages) === sessions;
      const time = level ? { duration } : { stages: stagesDocument(workload.stages, 'sessions') };
      return { workload: kind, thinkTime: formatTimeDistribution(workload.thinkTime), ...time };
    }
    case 'open': {
      const rate = levelOf(workload.stages);
      const time =
        rate === undefined ? { stages: stagesDocument(workload.stages, 'rate') } : { rate, duration };
      return { workload: kind, arrivals: workload.arrivals, ...time };
    }
    case 'bursts':
      return { workload: kind, every: formatDuration(workload.everyMs), burst: workload.size, duration };
    default:
      return kind satisfies never;
  }
}

/** The one level of a load that never changes. */
function levelOf([first, ...more]: readonly Stage[]): number | undefined {
  return first !== undefined && more.length === 0 && first.from === first.to ? first.to : undefined;
}

function stagesDocument(stages: readonly Stage[], unit: 'sessions' | 'rate'): object[] {
  return stages.map(({ durationMs, from, to }) => ({
    duration: formatDuration(durationMs),
    ...(from === to ? { [unit]: to } : { rampTo: to }),
  }));
}
