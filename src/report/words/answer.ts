// The answer of a run in three sentences: who failed how often at which load, how sure that is, and what a firewall that admits one port would block.
import { contestantsOf } from '../../plan/contestants.ts';
import { isClusteringAssumed } from '../../result/row.ts';
import type { Comparison, RunResult, StrategyResult } from '../../result/types.ts';
import { ASSUMED_WEIGHT } from './assumed.ts';
import { enumerate, formatCount, formatInterval, formatPercent, plural } from './format.ts';
import { groupBy } from './group.ts';
import { loadInShort } from './load.ts';

/** More than these are counted and not named. */
const MOST_NAMED = 6;

/** One contestant in the scenarios in which it finished anything, and the one of them in which it failed most. */
interface Told {
  readonly contestant: string;
  readonly own: readonly StrategyResult[];
  readonly worst: StrategyResult;
}

export interface Answer {
  /** What is said before any number of a run whose numbers must not be used; null for others, and where there is none. */
  readonly invalid: string | null;
  readonly sentences: readonly string[];
}

export function answer(result: RunResult): Answer {
  return {
    invalid: result.valid || result.blocks.length === 0 ? null : INVALID,
    sentences: sentencesOf(result),
  };
}

/** A line each. */
export function answerLines(result: RunResult): string[] {
  const { invalid, sentences } = answer(result);
  return [...(invalid === null ? [] : [invalid]), ...sentences];
}

function sentencesOf(result: RunResult): string[] {
  const told = toldOf(result);
  if (told.length === 0) return ['Nothing is known: no transfer finished in a block that counts.'];
  return [failuresInWords(result, told), certaintyInWords(result, told), firewallInWords(told)];
}

const INVALID = 'This run is invalid: its numbers must not be used.';

function toldOf({ strategies, requested }: RunResult): Told[] {
  return contestantsOf(requested).flatMap(({ name: contestant }) => {
    const own = strategies.filter((one) => one.contestant === contestant && one.failureRate !== null);
    const [first] = own;
    if (first === undefined) return [];
    const worst = own.reduce((a, b) => ((b.failureRate ?? 0) > (a.failureRate ?? 0) ? b : a), first);
    return [{ contestant, own, worst }];
  });
}

/** `legacy failed 98.9 % of its transfers and legacy-bsd 50.4 %, at 64 sessions (window); reuse-port failed none of 1 570.` */
function failuresInWords(result: RunResult, told: readonly Told[]): string {
  const failing = told.filter((one) => !isSound(one));
  const sound = told.filter(isSound);
  const parts = [...failingInWords(result, failing), ...soundInWords(result, sound, failing.length === 0)];
  const unknown = contestantsOf(result.requested).filter(
    ({ name }) => !told.some(({ contestant }) => contestant === name),
  );
  const missing =
    unknown.length === 0 ? '' : ` Of ${names(unknown.map(({ name }) => name))} nothing is known.`;
  return `${parts.join('; ')}.${missing}`;
}

/** Those that failed most in the same scenario share its load. */
function failingInWords(result: RunResult, failing: readonly Told[]): string[] {
  const { named, others } = mostOf(failing, failureRateOf);
  const groups = groupBy(named, ({ worst, own }) => [worst.scenario, isAlike(own) ? own.length : 0]);
  const parts = groups.map((group, i) => {
    const rates = group.map(({ contestant, own }, place) => {
      const rate = ratesInWords(own);
      return i + place === 0 ? `${contestant} failed ${rate} of its transfers` : `${contestant} ${rate}`;
    });
    return `${enumerate(rates)}, ${whereMost(result, group)}`;
  });
  if (others.length === 0) return parts;
  const most = formatPercent(Math.max(...others.map(failureRateOf)));
  return [...parts, `${plural(others.length, 'other')} failed up to ${most}`];
}

function failureRateOf({ worst }: Told): number {
  return worst.failureRate ?? 0;
}

/** The largest, which are named, and the others: each in the order of `all`. */
function mostOf<Item>(
  all: readonly Item[],
  sizeOf: (item: Item) => number,
): { readonly named: readonly Item[]; readonly others: readonly Item[] } {
  const largest = new Set([...all].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_NAMED));
  return {
    named: all.filter((item) => largest.has(item)),
    others: all.filter((item) => !largest.has(item)),
  };
}

/** `51.1 %`; over several scenarios `6.5 to 51.1 %`. */
function ratesInWords(own: readonly StrategyResult[]): string {
  const rates = own.map(({ failureRate }) => failureRate ?? 0);
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatPercent);
  return low === high ? (high ?? '') : `${low?.replace(' %', '')} to ${high}`;
}

function isAlike(own: readonly StrategyResult[]): boolean {
  return new Set(own.map(({ failureRate }) => formatPercent(failureRate))).size === 1;
}

/** `at 64 sessions (window)`; of several scenarios `most at …`, or `in all 3 scenarios`. */
function whereMost(result: RunResult, group: readonly Told[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const several = first.own.length > 1;
  if (several && isAlike(first.own)) return `in ${plural(first.own.length, 'scenario')}`;
  const load = loadOf(result, first.worst.scenario);
  return several ? `most ${load}` : load;
}

/** `at 64 sessions (window)`, `at 200 arrivals a second, of which up to 61 % were dropped (window)`. */
function loadOf({ requested, strategies }: RunResult, name: string): string {
  const scenario = requested.scenarios.find((one) => one.name === name);
  if (scenario === undefined) return `in ${name}`;
  const shares = strategies
    .filter((one) => one.scenario === name && one.offered > 0)
    .map(({ dropped, offered }) => dropped / offered);
  const most = Math.max(0, ...shares);
  const dropped =
    most === 0 ? '' : `, of which ${shares.length > 1 ? 'up to ' : ''}${formatPercent(most)} were dropped`;
  return `at ${loadInShort(scenario)}${dropped} (${name})`;
}

function soundInWords(result: RunResult, sound: readonly Told[], all: boolean): string[] {
  if (sound.length === 0) return [];
  const transfers = formatCount(
    sound.flatMap(({ own }) => own).reduce((sum, { completed }) => sum + completed, 0),
  );
  const scenarios = [...new Set(sound.flatMap(({ own }) => own.map(({ scenario }) => scenario)))];
  const [only] = scenarios;
  const where = all && only !== undefined && scenarios.length === 1 ? `, ${loadOf(result, only)}` : '';
  return [
    `${names(sound.map(({ contestant }) => contestant))} failed none of ${transfers} transfers${where}`,
  ];
}

/** What the intervals and the comparisons allow, and what is assumed for them. */
function certaintyInWords(result: RunResult, told: readonly Told[]): string {
  const known = told.filter(({ worst }) => worst.interval !== null);
  if (known.length === 0) {
    return 'How sure that is cannot be told: one block of each does not show how much blocks differ.';
  }
  const sound = told.filter(isSound).map(({ contestant }) => contestant);
  return [intervalsInWords(known, sound), ...comparisonsInWords(result, sound)].join(' ');
}

function isSound({ own }: Told): boolean {
  return own.every(({ failed }) => failed === 0);
}

/** Of those that failed, in the scenario where each failed most; of the others the largest limit of all. */
function intervalsInWords(known: readonly Told[], soundNames: readonly string[]): string {
  const { named, others } = mostOf(
    known.filter((one) => !isSound(one)),
    failureRateOf,
  );
  const sound = known.filter(isSound);
  const there = [...named, ...others].some(({ own }) => own.length > 1) ? ' there' : '';
  const limits = [
    ...named.map(({ contestant, worst }) => `${contestant} ${formatInterval(worst.interval)} %`),
    ...(others.length === 0
      ? []
      : [`${plural(others.length, 'other')} below ${upperOf(others.map(({ worst }) => worst))}`]),
  ];
  const below = `below ${upperOf(sound.flatMap(({ own }) => own))}`;
  const who = grouped(
    sound.map(({ contestant }) => contestant),
    soundNames,
  );
  const parts = [
    ...(limits.length === 0 ? [] : [`${enumerate(limits)}${there}`]),
    ...(sound.length === 0 ? [] : [limits.length === 0 ? `each fails ${below}` : `${who} ${below}`]),
  ];
  const assumed = known.flatMap(({ own }) => own).some(isClusteringAssumed);
  return `95 % sure: ${parts.join(', ')}${assumed ? ` (counting ${ASSUMED_WEIGHT}, for failures cluster)` : ''}.`;
}

/** The largest limit of these rows. */
function upperOf(rows: readonly StrategyResult[]): string {
  return formatPercent(Math.max(...rows.map(({ interval }) => interval?.[1] ?? 1)));
}

const WITHOUT = 'those without failures';

/** Told of a candidate; that it is not worse elsewhere goes without saying. */
const CLAIMS = ['worse', 'better', 'inconclusive', 'not-worse'] as const;

/** `Beyond chance, legacy failed more than legacy-bsd, and those without failures less in 2 of 3 scenarios.` */
function comparisonsInWords({ comparisons, warnings }: RunResult, sound: readonly string[]): string[] {
  const few = warnings.find((warning) => warning.id === 'few-blocks');
  if (few !== undefined) {
    const blocks = plural(few.blocks, 'block');
    return [
      `No difference can be claimed: ${blocks} of each, where ${few.contestants} strategies take ${few.needed}.`,
    ];
  }
  const baseline = comparisons[0]?.baseline ?? '';
  const claims = claimsOf(comparisons);
  const saying = (verdict: Comparison['verdict'], how: string) =>
    groupBy(
      claims.filter((claim) => claim.verdict === verdict),
      ({ where }) => where,
    ).map(
      (alike) =>
        `${grouped(
          alike.map(({ candidate }) => candidate),
          sound,
        )} ${how}${alike[0]?.where ?? ''}`,
    );
  const apart = [
    ...saying('worse', `failed more than ${baseline}`),
    ...saying('better', `failed less than ${baseline}`),
  ];
  const open = saying('inconclusive', `cannot be told from ${baseline}`);
  const alike = saying('not-worse', `did not fail more than ${baseline}, or by less than matters`);
  return [
    ...(apart.length === 0 ? [] : [`Beyond chance, ${enumerate(apart)}.`]),
    ...(open.length + alike.length === 0 ? [] : [`${capital([...open, ...alike].join('; '))}.`]),
  ];
}

interface Claim {
  readonly candidate: string;
  readonly verdict: Comparison['verdict'];
  /** Empty where it holds in every scenario. */
  readonly where: string;
}

function claimsOf(comparisons: readonly Comparison[]): Claim[] {
  return groupBy(comparisons, ({ candidate }) => candidate).flatMap((own) => {
    const candidate = own[0]?.candidate ?? '';
    const found = CLAIMS.filter((verdict) => own.some((one) => one.verdict === verdict));
    const told = found.filter((verdict) => verdict === found[0] || verdict === 'better');
    return told.map((verdict) => {
      const times = own.filter((one) => one.verdict === verdict).length;
      return {
        candidate,
        verdict,
        where: times === own.length ? '' : ` in ${times} of ${plural(own.length, 'scenario')}`,
      };
    });
  });
}

/** Names while they are few; all that never failed, if those are more, as such. */
function grouped(all: readonly string[], sound: readonly string[]): string {
  const same = all.length === sound.length && all.every((name) => sound.includes(name));
  return same && all.length > 2 ? WITHOUT : names(all);
}

/** A name stays as it is. */
function capital(text: string): string {
  return text.startsWith(WITHOUT) ? `T${text.slice(1)}` : text;
}

/** Of all scenarios together, and of the data connections that were made. */
function firewallInWords(told: readonly Told[]): string {
  const ports = told.map(({ contestant, own }) => ({
    contestant,
    connected: sum(own.map(({ connected }) => connected)),
    others: sum(own.map(({ connected, fromDefaultDataPort }) => connected - fromDefaultDataPort)),
  }));
  const connected = sum(ports.map((port) => port.connected));
  if (connected === 0) return 'No data connection was made: what a firewall would block is not known.';
  const blocked = ports.filter(({ others }) => others > 0);
  const firewall = 'A firewall that admits only the data port L-1 (20 for a server on 21) would have blocked';
  if (blocked.length === 0) return `${firewall} none of the ${plural(connected, 'data connection')}.`;
  const { named, others } = mostOf(blocked, shareOf);
  const [first, ...more] = named.map((port) => ({ ...port, share: shareInWords(shareOf(port)) }));
  const shares = [
    `${first?.share} of the data connections of ${first?.contestant}`,
    ...more.map(({ contestant, share }) => `${share} of ${contestant}`),
    ...(others.length === 0
      ? []
      : [`${shareInWords(Math.max(...others.map(shareOf)), 'up to ')} of ${plural(others.length, 'other')}`]),
  ];
  const none = ports.length - blocked.length;
  const rest =
    none === 0
      ? ''
      : others.length === 0
        ? ", and none of the others'"
        : `, and none of ${plural(none, 'strategy', 'strategies')}`;
  return `${firewall} ${enumerate(shares)}${rest}.`;
}

/** Of its data connections those from another port than L-1. */
function shareOf({ connected, others }: { readonly connected: number; readonly others: number }): number {
  return connected === 0 ? 0 : others / connected;
}

function shareInWords(share: number, upTo = ''): string {
  return share === 1 ? 'all' : `${upTo}${formatPercent(share)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function names(all: readonly string[]): string {
  return all.length <= MOST_NAMED ? enumerate(all) : plural(all.length, 'strategy', 'strategies');
}
