// The plan as YAML with every default spelled out; reading it back gives the same plan.
import { stringify } from 'yaml';
import { formatDuration } from '../units.ts';
import { formatSizeDistribution, formatTimeDistribution, formatWeights } from './distributions.ts';
import type { Plan, Scenario, Stage, Workload } from './types.ts';

export function formatPlan(plan: Plan): string {
  return stringify(planDocument(plan));
}

/** The plan in the form of a plan file, not yet as text. */
export function planDocument(plan: Plan): Record<string, unknown> & { scenarios: Record<string, unknown>[] } {
  const { timeUnitMs, timeoutMs, maxTimeMs, restMs, scenarios, ...same } = plan;
  return {
    ...same,
    maxTime: formatDuration(maxTimeMs),
    rest: formatDuration(restMs),
    timeUnit: formatDuration(timeUnitMs),
    timeout: formatDuration(timeoutMs),
    scenarios: scenarios.map(scenarioDocument),
  };
}

function scenarioDocument(scenario: Scenario): Record<string, unknown> {
  const { name, workload, sessions, mix, fileSize, durationMs, warmUpMs, bindToConnectMs, ...same } =
    scenario;
  return {
    name,
    sessions,
    ...workloadDocument(workload, durationMs, sessions),
    mix: formatWeights(mix, String),
    fileSize: formatSizeDistribution(fileSize),
    warmUp: formatDuration(warmUpMs),
    bindToConnect: formatDuration(bindToConnectMs),
    ...same,
  };
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
