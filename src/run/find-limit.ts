// The highest load that a server, or the generators before it, bear: levels are tried until one fails, and the gap is halved.
import { UsageError } from '../errors.ts';
import { contestantsOf } from '../plan/contestants.ts';
import type { Contestant, Plan, Scenario } from '../plan/types.ts';
import type { BlockResult, LostShard, RunResult } from '../result/types.ts';

/** What stood in the way of a level. */
export type Limit = 'failures' | 'dropped' | 'saturation' | 'invalid' | 'cannot-run' | 'not-whole';

export interface Trial {
  /** Arrivals a second of an open workload, sessions of a closed one. */
  readonly level: number;
  /** Null: it held. */
  readonly limit: Limit | null;
  /** More of it: an agent that was saturated, or lost. */
  readonly detail: string | null;
  readonly offered: number;
  readonly failed: number;
  /** Of the failure rate, 95 %; null where no block told one. */
  readonly interval: readonly [number, number] | null;
}

export interface FoundLimit {
  readonly scenario: string;
  readonly contestant: string;
  readonly unit: 'arrivals a second' | 'sessions';
  /** The highest that held; null where none did. */
  readonly held: Trial | null;
  /** The lowest that did not; null where every level held that a plan may have. */
  readonly broke: Trial | null;
  /** What ended the search before it had closed in: it says nothing of the load. */
  readonly endedAt: Trial | null;
  /** In the order in which they were tried. */
  readonly trials: readonly Trial[];
}

/** Levels this close are one: noise between two runs is more. */
const CLOSE = 1.1;
const MOST = { open: 1_000_000, closed: 10_000 } as const;
const MOST_SESSIONS = 10_000;

/** One plan for each row of the table. @throws UsageError for a workload that has no one level */
export function searchesOf(plan: Plan): { readonly scenario: Scenario; readonly contestant: Contestant }[] {
  const seen = new Set<string>();
  const contestants = contestantsOf(plan).filter((one) => !seen.has(rowOf(one)) && seen.add(rowOf(one)));
  return plan.scenarios.flatMap((scenario) => {
    if (levelOf(scenario) === undefined) {
      throw new UsageError(
        `--find-limit: scenario '${scenario.name}' has no one level to raise: give it a rate, or sessions, instead of stages or bursts`,
      );
    }
    return contestants.map((contestant) => ({ scenario, contestant }));
  });
}

/** What a plan calls it, however often. */
function rowOf(one: Contestant): string {
  return one.kind === 'binder' ? one.binder : one.kind === 'peer' ? one.peer : one.url;
}

/** Undefined for stages, and for bursts. */
function levelOf({ workload }: Scenario): number | undefined {
  if (workload.kind === 'bursts') return undefined;
  const [first, ...more] = workload.stages;
  return first !== undefined && more.length === 0 && first.from === first.to ? first.to : undefined;
}

/** The same row alone, at another level; an open load keeps as many sessions for each arrival. */
export function planAt(plan: Plan, scenario: Scenario, contestant: Contestant, level: number): Plan {
  const { workload, durationMs } = scenario;
  const own = levelOf(scenario) ?? level;
  const sessions =
    workload.kind === 'closed'
      ? level
      : Math.min(MOST_SESSIONS, Math.max(leastSessions(plan), Math.ceil((scenario.sessions * level) / own)));
  const stages = [{ durationMs, from: level, to: level }];
  // A load that ends behind so many transfers would end the sooner, the higher the level.
  const changed = {
    ...scenario,
    transfers: 0,
    sessions,
    workload: { ...workload, stages } as Scenario['workload'],
  };
  const { kind } = contestant;
  const row = {
    binders: kind === 'binder' ? [contestant.binder] : [],
    peers: kind === 'peer' ? [contestant.peer] : [],
    targets: kind === 'target' ? [contestant.url] : [],
  };
  // Alone, the second of a host's targets has the name of the first.
  const [{ name = '' } = {}] = contestantsOf(row);
  return {
    ...{ ...plan, ...row },
    scenarios: [{ ...changed, clientAddresses: fewer(scenario.clientAddresses, sessions) }],
    ...{ baseline: name, until: 'blocks', abortOn: [], maxTimeMs: 0, onSaturation: 'invalid' },
  };
}

/** Each process of both sides is to have one. */
function leastSessions({ generators, workers }: Plan): number {
  return Math.max(generators, workers);
}

function fewer(addresses: Scenario['clientAddresses'], sessions: number): Scenario['clientAddresses'] {
  return addresses === 'each' ? addresses : Math.min(addresses, sessions);
}

/**
 * @param run the plan of a level; rejects what ends the search
 * @param whyNot what keeps this machine from running it, such as too few descriptors; undefined where nothing does
 */
export async function findLimit(
  plan: Plan,
  { scenario, contestant }: { readonly scenario: Scenario; readonly contestant: Contestant },
  run: (plan: Plan) => Promise<RunResult>,
  {
    onTrial = () => {},
    whyNot = () => undefined,
  }: { onTrial?(trial: Trial): void; whyNot?(plan: Plan): string | undefined } = {},
): Promise<FoundLimit> {
  const { kind } = scenario.workload;
  const most = kind === 'closed' ? MOST.closed : MOST.open;
  const least = kind === 'closed' ? leastSessions(plan) : 1;
  const trials: Trial[] = [];
  const attempt = async (level: number): Promise<Trial> => {
    const asked = planAt(plan, scenario, contestant, level);
    const detail = whyNot(asked);
    const trial = detail === undefined ? trialOf(level, await run(asked)) : impossible(level, detail);
    trials.push(trial);
    onTrial(trial);
    return trial;
  };
  let held: Trial | null = null;
  let broke: Trial | null = null;
  let endedAt: Trial | null = null;
  let level = levelOf(scenario) ?? least;
  for (;;) {
    const trial = await attempt(level);
    if (trial.limit === 'not-whole') {
      endedAt = trial;
      break;
    }
    if (trial.limit === null) held = trial;
    else broke = trial;
    const next = nextLevel(held, broke, { least, most, isWhole: kind === 'closed' });
    if (next === undefined) break;
    level = next;
  }
  const unit = kind === 'closed' ? 'sessions' : 'arrivals a second';
  return { scenario: scenario.name, contestant: contestant.name, unit, held, broke, endedAt, trials };
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

/** Twice as much while all holds, half as much while nothing does, then the middle; undefined at the end. */
export function nextLevel(
  held: Pick<Trial, 'level'> | null,
  broke: Pick<Trial, 'level'> | null,
  { least, most, isWhole }: Bounds,
): number | undefined {
  const rounded = (level: number) => (isWhole ? Math.round(level) : Number(level.toPrecision(3)));
  if (broke === null) return held === null || held.level >= most ? undefined : Math.min(most, held.level * 2);
  if (held === null) return broke.level <= least ? undefined : Math.max(least, rounded(broke.level / 2));
  if (broke.level / held.level <= CLOSE) return undefined;
  const middle = rounded(Math.sqrt(held.level * broke.level));
  return middle <= held.level || middle >= broke.level ? undefined : middle;
}

/** A level for which a machine has not the means is none that a server failed. */
function impossible(level: number, detail: string): Trial {
  return { level, limit: 'cannot-run', detail, offered: 0, failed: 0, interval: null };
}

function trialOf(level: number, { blocks, strategies: [row], partial, lost = [] }: RunResult): Trial {
  const sum = (value: (block: BlockResult) => number) =>
    blocks.reduce((total, block) => total + value(block), 0);
  const [failed, dropped] = [sum((block) => block.failed), sum((block) => block.dropped)];
  const problems = blocks.flatMap((block) => block.problems);
  const saturated = problems.find((one) => one.id === 'generator-saturated');
  const gone = lost.find(({ again }) => !again);
  const limit = (): Limit | null => {
    // What was not run may have failed, or not.
    if (partial) return 'not-whole';
    if (saturated !== undefined) return 'saturation';
    if (problems.length > 0 || blocks.length === 0) return 'invalid';
    if (failed > 0) return 'failures';
    return dropped > 0 ? 'dropped' : null;
  };
  return {
    ...{ level, limit: limit(), failed, offered: sum((block) => block.offered) },
    detail: partial ? lossInWords(gone) : (saturated?.generator ?? problems[0]?.id ?? null),
    interval: row?.interval ?? null,
  };
}

function lossInWords(lost: LostShard | undefined): string {
  if (lost === undefined) return 'it was ended early';
  return lost.agent === '' ? lost.reason : `agent ${lost.agent}: ${lost.reason}`;
}
