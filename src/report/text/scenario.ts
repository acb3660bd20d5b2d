// A scenario and its circumstances in words: what was done, in which time scale, and what does not scale with it.
import { STRATEGIES } from '../../binder/strategies/index.ts';
import { BINDER_NAMES, type BinderName } from '../../binder/types.ts';
import { TIME_WAIT_SECONDS } from '../../plan/time-wait.ts';
import type { Plan, Scenario } from '../../plan/types.ts';
import { MODEL_ERROR_OF_ODDS } from '../../predict/forecast.ts';
import type { RunResult, StrategyResult } from '../../result/types.ts';
import {
  enumerate,
  formatCount,
  formatMs,
  formatPercent,
  formatRatio,
  formatTimeSpan,
  plural,
} from '../words/format.ts';
import { loadInWords } from '../words/load.ts';
import { slowReuseAddr } from '../words/reuse-addr.ts';
import { notesOnSpeed } from '../words/warnings.ts';
import { contended } from './columns.ts';

/** The unit in which nothing is scaled. */
const REAL_TIME_UNIT_MS = 1000;

/** The load of a scenario and what of it runs, its name not included. */
export function loadOfScenario(plan: Plan, scenario: Scenario): string {
  const limit = scenario.transfers > 0 ? ` or ${plural(scenario.transfers, 'transfer')}` : '';
  const blocks = `${plural(plan.blocks, 'block')} × ${formatTimeSpan(scenario.durationMs)}${limit} of each`;
  const window =
    scenario.bindToConnectMs > 0 ? [windowInWords(plan.timeUnitMs, scenario.bindToConnectMs)] : [];
  return [loadInWords(scenario), ...window, blocks].join('; ');
}

/** What all scenarios have in common, one line each: processes, and the time scale where a second is none. */
export function settingsOf(plan: Plan): string[] {
  const servers = plural(plan.workers, 'server process', 'server processes');
  const generators = plural(plan.generators, 'load generator');
  const load = plan.userPi === 'lean' ? `${generators} with the lean client` : generators;
  return [[...(plan.binders.length > 0 ? [servers] : []), load].join(', '), ...timeScale(plan.timeUnitMs)];
}

/** Empty when every second is a second. */
function timeScale(timeUnitMs: number): string[] {
  if (timeUnitMs === REAL_TIME_UNIT_MS) return [];
  const lasts = scheduleSeconds((TIME_WAIT_SECONDS * 1000) / timeUnitMs);
  return [
    `time unit ${formatMs(timeUnitMs)} (1 schedule second); TIME_WAIT (${TIME_WAIT_SECONDS} s on Linux) does not scale: it lasts ${lasts} here`,
  ];
}

function windowInWords(timeUnitMs: number, bindToConnectMs: number): string {
  const seconds = scheduleSeconds(bindToConnectMs / timeUnitMs);
  return `window between bind and connect ${formatMs(bindToConnectMs)} = ${seconds}`;
}

function scheduleSeconds(seconds: number): string {
  return `${formatRatio(seconds)} schedule ${seconds === 1 ? 'second' : 'seconds'}`;
}

/** Why a scenario has no table: nothing of it was run, or nothing that was run counts. */
export function nothingToTell(
  { blocks }: Pick<RunResult, 'blocks'>,
  { name }: Pick<Scenario, 'name'>,
): string {
  const own = blocks.filter(({ scenario }) => scenario === name);
  if (own.length === 0) return 'no block of it was run';
  const invalid = own.filter(({ valid }) => !valid).length;
  const cut = own.length - invalid;
  const why = [
    ...(invalid > 0 ? [`${formatCount(invalid)} ${invalid === 1 ? 'is' : 'are'} invalid`] : []),
    ...(cut > 0 ? [`${formatCount(cut)} ${cut === 1 ? 'was' : 'were'} cut short`] : []),
  ];
  return `no block of it counts: ${enumerate(why)}`;
}

/** What each preset stands for, so that nobody has to know the daemon that it is named after. */
const PRESETS_IN_WORDS = {
  bsd: 'bsd (11 binds, waits of 1 to 10 schedule seconds)',
  proftpd: 'proftpd (10 binds, 1 schedule second apart)',
  vsftpd: 'vsftpd (2 binds, 1 to 2 schedule seconds apart)',
  none: 'none',
} satisfies Record<Exclude<Plan['retry'], readonly number[] | 'default'>, string>;

type WithRetry = StrategyResult & { readonly retry: string };

/** `retry: bsd (11 binds, …) for legacy and legacy-bsd, none for the others`: the schedules that were followed, one line. */
export function retriesInWords(strategies: readonly StrategyResult[]): string[] {
  const own = strategies.filter((strategy): strategy is WithRetry => strategy.retry !== null);
  const all = namesOf(strategies);
  const schedules = [...new Set(own.map(({ retry }) => retry))];
  if (schedules.length < 2) return schedules.map((retry) => `retry: ${retryInWords(retry)}`);
  const parts = schedules.map((retry, index) => {
    const binders = namesOf(own.filter((strategy) => strategy.retry === retry));
    const rest = index === schedules.length - 1 && binders.length > 2 && namesOf(own).length === all.length;
    return `${retryInWords(retry)} for ${rest ? 'the others' : enumerate(binders)}`;
  });
  return [`retry: ${parts.join(', ')}`];
}

function namesOf(strategies: readonly StrategyResult[]): string[] {
  return [...new Set(strategies.map(({ contestant }) => contestant))];
}

/** A preset's name, or own waits: `1,2,3`. */
function retryInWords(retry: string): string {
  if (retry in PRESETS_IN_WORDS) return PRESETS_IN_WORDS[retry as keyof typeof PRESETS_IN_WORDS];
  return `after ${retry.replaceAll(',', ', ')} schedule seconds`;
}

/** What stands below the table: the least that can fail at real scale under this schedule, where that is more than 0. */
export function realScaleBounds(strategies: readonly StrategyResult[]): string[] {
  const bounds = strategies.flatMap(({ contestant, realScaleBound }) => {
    if (realScaleBound === null || realScaleBound <= 0) return [];
    const offeredLoad = (1 / (1 - realScaleBound)).toFixed(1);
    return [`${contestant} ${formatPercent(realScaleBound)} (a = ${offeredLoad})`];
  });
  if (bounds.length === 0) return [];
  return [
    `At real scale (time unit 1 s) these sessions under this schedule fail at least 1 - 1/a, where a = transfers × time that each holds the port / time: ${enumerate(bounds)}`,
  ];
}

/** What the figures of these rows must not be taken for, a line for each of their binders that has such a caution. */
export function cautionsOf(shown: readonly (BinderName | null)[]): string[] {
  return BINDER_NAMES.filter((binder) => shown.includes(binder)).flatMap((binder) => {
    const { caution } = STRATEGIES[binder];
    return caution === null ? [] : [`${binder}: ${caution}`];
  });
}

const PREDICTED_NOTE =
  'predicted: where 95 % of simulated runs lie in which contention for the port alone fails, with the measured arrivals and hold times';

const MODEL_ERROR_NOTE = `the model's error: over runs of closed, open and burst loads the odds of a failure were up to ${MODEL_ERROR_OF_ODDS} times lower or higher than simulated`;

const PEER_NOTE = 'L-1 of a peer: the data port that it is set to, which for pure-ftpd is 20';

/** How it was measured, and what the columns mean, one line each. */
export function legend(result: RunResult): string[] {
  const { requested, strategies } = result;
  return [
    ...settingsOf(requested),
    ...retriesInWords(strategies),
    'failure rate: failed / (completed + failed); its interval is in per cent and takes the block as the sampling unit',
    ...(contended(strategies) ? [PREDICTED_NOTE] : []),
    ...(strategies.some(({ prediction }) => prediction?.verdict === 'within-model-error')
      ? [MODEL_ERROR_NOTE]
      : []),
    'binds each: bind calls per transfer; wait: time waiting to bind, endless for a transfer that never got the port',
    'time: from the start that the plan set to the end, endless for a transfer that failed; longest: of those that completed',
    '95 %: intervals that take the block as the sampling unit, of p99 only where enough transfers took longer; JSON and CSV have those of the other quantiles',
    'MB: a million bytes of the files that arrived',
    'from L-1: share of data connections that left from the default data port L-1 (L: the control port)',
    'peak on L-1: most live sockets on that port at once / most processes that held some at once',
    ...(requested.peers.length > 0 ? [PEER_NOTE] : []),
    ...cautionsOf(requested.binders),
    ...notesOnSpeed(result),
    ...slowReuseAddr(result),
  ];
}
