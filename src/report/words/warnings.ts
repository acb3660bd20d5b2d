// Warnings of a run in words: doubts that several contestants share stand in one sentence, each with its own value.
import { STRATEGIES } from '../../binder/strategies/index.ts';
import type { RunResult, RunWarning, StrategyResult } from '../../result/types.ts';
import { enumerate, plural } from './format.ts';
import { groupBy } from './group.ts';

/** What concerns some blocks of one contestant. */
type OfBlocks = Extract<RunWarning, { contestant: string }>;
type Plain = Exclude<OfBlocks, Doubt>;
/** One of these is a value beyond a limit. */
type Doubt = Exclude<OfBlocks, { id: 'sessions-lost' | 'no-overlap' }>;

type Warned = Pick<RunResult, 'warnings' | 'strategies'>;

/** What makes the failure rates doubtful, or the load that they are told of, each once. */
export function cautionsInWords(result: Warned): string[] {
  return warningsInWords(result.warnings.filter((warning) => concernOf(warning, result) === 'rates'));
}

/** What explains times and transfers/s, and no failure. Where load and server share the cores it stands in every run. */
export function notesOnSpeed(result: Warned & Pick<RunResult, 'requested'>): string[] {
  const warnings = result.warnings.filter((warning) => concernOf(warning, result) === 'speed');
  const forCores = warnings.some(({ id }) => id === 'generator-starved' || id === 'generator-busy');
  const lighter = forCores && result.requested.userPi !== 'lean' ? [LIGHTER] : [];
  return [...warningsInWords(warnings), ...lighter];
}

/** Measured: src/client/README.md. */
const LIGHTER = '--user-pi lean makes the same load with less than half of the CPU time that basic-ftp takes';

/** `told`: the answer of the report, or another sentence, says the same. */
function concernOf(warning: RunWarning, { strategies }: Warned): 'rates' | 'speed' | 'told' {
  switch (warning.id) {
    case 'few-blocks':
      return 'told';
    case 'generator-busy':
    case 'generator-starved':
      return 'speed';
    case 'time-wait-full':
      return isFreedEarly(warning.contestant, strategies) ? 'rates' : 'speed';
    case 'no-overlap':
      return provesNothing(warning, strategies) ? 'rates' : 'told';
    default:
      return 'rates';
  }
}

/** A port that is held through TIME_WAIT; of servers that are not ours nobody knows. */
function isFreedEarly(contestant: string, strategies: Warned['strategies']): boolean {
  const binder = strategies.find((one) => one.contestant === contestant)?.binder ?? null;
  return binder === null || STRATEGIES[binder].holdsPort === 'through-time-wait';
}

/** Failures are no claim that needs sockets beside each other, and where no block had any, a finding says it. */
function provesNothing(
  { scenario, contestant }: { readonly scenario: string; readonly contestant: string },
  strategies: Warned['strategies'],
): boolean {
  const own = strategies.find((one) => one.scenario === scenario && one.contestant === contestant);
  if (own === undefined) return false;
  return own.failed === 0 && !hasNoOverlap(own);
}

/** No two live sockets were seen on L-1 at once, in any block: nothing could have collided there. */
export function hasNoOverlap({ fromDefaultDataPort, peakSockets }: StrategyResult): boolean {
  return fromDefaultDataPort > 0 && peakSockets < 2;
}

/** In the order in which they came: a doubt stands once, whatever it is said of. */
export function warningsInWords(warnings: readonly RunWarning[]): string[] {
  const groups = groupBy(
    warnings.map((warning, place) => ({ warning, place })),
    ({ warning, place }) => (isDoubt(warning) ? warning.id : place),
  );
  return groups.map((group) => {
    const doubts = group.map(({ warning }) => warning).filter(isDoubt);
    const [first] = group;
    if (first === undefined || isDoubt(first.warning)) return doubtsInWords(doubts);
    return 'contestant' in first.warning ? ofBlocks(first.warning) : ofRun(first.warning);
  });
}

function isDoubt(warning: RunWarning): warning is Doubt {
  return 'contestant' in warning && warning.id !== 'sessions-lost' && warning.id !== 'no-overlap';
}

/** More values than these are told by the least and the most of them. */
const MOST_VALUES = 6;

/**
 * `a (x, y) and b (x): a load generator stood still for 900 ms: …` where all have one value; each with its own
 * otherwise: `a: a load generator stood still for 900 ms (x) and 300 ms (y): …`.
 */
function doubtsInWords(doubts: readonly Doubt[]): string {
  const [first] = doubts;
  if (first === undefined) return '';
  const values = doubts.map(measureOf);
  const [value = ''] = values;
  const scenarios = groupBy(doubts, ({ scenario }) => scenario);
  if (values.every((one) => one === value)) {
    const places = scenarios.map(
      (own) => `${own[0]?.scenario} (${own.map(({ contestant }) => contestant).join(', ')})`,
    );
    return `${enumerate(places)}: ${doubt(first.id, value)}`;
  }
  const names = enumerate(scenarios.map((own) => own[0]?.scenario ?? ''));
  if (doubts.length > MOST_VALUES) {
    const sorted = [...doubts].sort((a, b) => amountOf(a) - amountOf(b));
    const [least, most] = [sorted[0], sorted.at(-1)].map((one) => (one === undefined ? '' : worstOf(one)));
    return `${names}: ${doubt(first.id, `${range(least ?? '', most ?? '')} (the worst blocks of ${plural(doubts.length, 'row')})`)}`;
  }
  const nameOf = ({ scenario, contestant }: Doubt) =>
    scenarios.length === 1 ? contestant : `${contestant} in ${scenario}`;
  const each = doubts.map((one, i) => `${values[i]} (${nameOf(one)})`);
  const told = doubt(first.id, enumerate(each));
  return scenarios.length === 1 ? `${names}: ${told}` : told;
}

/** `24 to 91 %`. */
function range(least: string, most: string): string {
  const unit = most.replace(/^[\d ]*\d/, '');
  const low = unit !== '' && least.endsWith(unit) ? least.slice(0, -unit.length) : least;
  return `${low} to ${most}`;
}

/** Of several blocks it is the worst: the others may be far from it. */
function measureOf(warning: Doubt): string {
  const worst = worstOf(warning);
  return warning.blocks > 1 && !worst.startsWith('less') ? `up to ${worst}` : worst;
}

function worstOf(warning: Doubt): string {
  switch (warning.id) {
    case 'generator-busy':
    case 'generator-starved':
      return percent(warning.share);
    case 'arrivals-dropped':
      return warning.share < 0.01 ? 'less than 1 %' : percent(warning.share);
    case 'generator-stalled':
      return `${Math.round(warning.lagMs)} ms`;
    case 'late-starts':
      return `${Math.round(warning.p99Ms)} ms`;
    case 'generator-failures':
      return plural(warning.transfers, 'transfer');
    case 'accept-queue-full':
      return plural(warning.connections, 'connection');
    case 'time-wait-full':
      return plural(warning.sockets, 'socket');
    default:
      return warning satisfies never;
  }
}

function amountOf(warning: Doubt): number {
  switch (warning.id) {
    case 'generator-busy':
    case 'generator-starved':
    case 'arrivals-dropped':
      return warning.share;
    case 'generator-stalled':
      return warning.lagMs;
    case 'late-starts':
      return warning.p99Ms;
    case 'generator-failures':
      return warning.transfers;
    case 'accept-queue-full':
      return warning.connections;
    case 'time-wait-full':
      return warning.sockets;
    default:
      return warning satisfies never;
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function doubt(id: Doubt['id'], value: string): string {
  switch (id) {
    case 'generator-busy':
      return `a load generator used ${value} of a core: transfers/s is its limit, not the server's (more generators share it)`;
    case 'generator-starved':
      return `a load generator waited for a free core ${value} of the time: transfers/s is this machine's limit`;
    case 'generator-stalled':
      return `a load generator stood still for ${value}: its own limit, not the server's`;
    case 'late-starts':
      return `one in a hundred transfers started ${value} late or more: the load was not the plan's`;
    case 'arrivals-dropped':
      return `${value} of the arrivals found no idle session and were dropped: the load was less than the plan's (more sessions, or a lower rate)`;
    case 'generator-failures':
      return `${value} failed for want of a port or a descriptor at the load generator: not the server's failures`;
    case 'accept-queue-full':
      return `${value} met a full accept queue on this host (TcpExtListenOverflows)`;
    case 'time-wait-full':
      return `${value} found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets): ports were free early, so legacy fails too seldom and, on Linux from 6.8 on, reuse-addr binds too fast`;
    default:
      return id satisfies never;
  }
}

/** `a/reuse-port: never two data connections at once: … (3 blocks)`. */
function ofBlocks(warning: Plain): string {
  const { scenario, contestant, blocks } = warning;
  const text = `${scenario}/${contestant}: ${plainWords(warning)}`;
  return blocks > 1 ? `${text} (${blocks} blocks)` : text;
}

function plainWords(warning: Plain): string {
  switch (warning.id) {
    case 'no-overlap':
      return 'never two data connections at once: a block without overlap proves nothing';
    case 'sessions-lost':
      return warning.sessions === 1
        ? `1 session was lost and could not log in again: ${warning.reason}`
        : `${warning.sessions} sessions were lost and could not log in again, the first: ${warning.reason}`;
    default:
      return warning satisfies never;
  }
}

function ofRun(warning: Exclude<RunWarning, OfBlocks>): string {
  switch (warning.id) {
    case 'few-blocks': {
      const blocks = `${warning.blocks} ${warning.blocks === 1 ? 'block' : 'blocks'} of each strategy`;
      return `${blocks} cannot support a claim about ${warning.contestants} strategies: use ${warning.needed} or more`;
    }
    case 'cut-short': {
      const blocks = warning.blocks === 1 ? '1 block was' : `${warning.blocks} blocks were`;
      return `${blocks} cut short with ${warning.cancelled} transfers still running: left out of the rates`;
    }
    case 'shards-lost': {
      const { shards, blocks } = warning;
      const left =
        blocks === 0
          ? 'were run again'
          : `are left out, ${blocks === 1 ? 'one set' : `${blocks} sets`} of them for good`;
      return `${plural(shards, 'part')} of blocks ${shards === 1 ? 'was' : 'were'} lost with ${shards === 1 ? 'its agent' : 'their agents'}: those blocks ${left}, for all strategies alike.`;
    }
    case 'shared-address':
      return 'the blocks of a target share its address: each meets what the one before left in TIME_WAIT (rest: 61s lets it pass)';
    case 'no-socket-table':
      return 'the socket table cannot be read here: neither left-over sockets nor overlap could be checked';
    case 'text':
      return warning.text;
    default:
      return warning satisfies never;
  }
}
