// When transfers start, from the keys of a scenario: workload, thinkTime, rate, arrivals, every, burst, stages, duration.
import { UsageError } from '../errors.ts';
import { DEFAULT_DURATION_MS } from './keys/scenario.ts';
import type { ScenarioDocument } from './schema.ts';
import type { Stage, Workload } from './types.ts';

interface FilledWorkload {
  readonly workload: Workload;
  readonly durationMs: number;
}

type Kind = Workload['kind'];

/** Keys that mean something in some workloads only. */
const BELONGS_TO: readonly (readonly [keyof ScenarioDocument, readonly Kind[]])[] = [
  ['thinkTime', ['closed']],
  ['rate', ['open']],
  ['arrivals', ['open']],
  ['every', ['bursts']],
  ['burst', ['bursts']],
  ['stages', ['closed', 'open']],
];

export const WORKLOAD_KEYS: readonly string[] = BELONGS_TO.map(([key]) => key);

/** @throws UsageError for keys that do not belong to the workload, or contradict each other */
export function fillWorkload(document: ScenarioDocument, at: string): FilledWorkload {
  const { workload: kind = 'closed', stages } = document;
  for (const [key, kinds] of BELONGS_TO) {
    if (document[key] !== undefined && !kinds.includes(kind)) {
      throw new UsageError(`${at}: ${key} belongs to workload: ${kinds.join(' or ')}, not to ${kind}`);
    }
  }
  if (stages !== undefined && document.duration !== undefined) {
    throw new UsageError(`${at}: stages say how long a block lasts: leave duration out`);
  }
  const levels = stagesOf(document, kind, at);
  const durationMs = levels.reduce((sum, stage) => sum + stage.durationMs, 0);
  return { durationMs, workload: workloadOf(document, kind, levels, at) };
}

function workloadOf(document: ScenarioDocument, kind: Kind, stages: readonly Stage[], at: string): Workload {
  const { thinkTime, arrivals, every, burst, sessions } = document;
  switch (kind) {
    case 'closed':
      return { kind: 'closed', thinkTime: thinkTime ?? { kind: 'fixed', ms: 0 }, stages };
    case 'open':
      return { kind: 'open', arrivals: arrivals ?? 'poisson', stages };
    case 'bursts':
      if (every === undefined) throw new UsageError(`${at}: bursts need every, such as every: 1s`);
      return { kind: 'bursts', everyMs: every, size: burst ?? sessions };
    default:
      return kind satisfies never;
  }
}

function stagesOf(document: ScenarioDocument, kind: Kind, at: string): Stage[] {
  const { stages, rate, sessions, duration: durationMs = DEFAULT_DURATION_MS } = document;
  if (stages === undefined) {
    if (kind === 'open' && rate === undefined) {
      throw new UsageError(`${at}: an open workload needs rate (arrivals a second) or stages`);
    }
    const level = kind === 'open' ? (rate ?? 0) : sessions;
    return [{ durationMs, from: level, to: level }];
  }
  if (rate !== undefined) throw new UsageError(`${at}: rate and stages both say how much arrives: name one`);
  let before = 0;
  return stages.map((stage, i) => {
    const level = kind === 'open' ? stage.rate : stage.sessions;
    const unit = kind === 'open' ? 'rate' : 'sessions';
    if ((level === undefined) === (stage.rampTo === undefined)) {
      throw new UsageError(
        `${at}: stage ${i + 1}: say ${unit} (the level of the stage) or rampTo, one of them`,
      );
    }
    const to = level ?? stage.rampTo ?? 0;
    const from = level ?? before;
    before = to;
    return { durationMs: stage.duration, from, to };
  });
}
