// Warnings of a run in words: doubts that several contestants share stand in one sentence, each with its own value.
import type { RunWarning } from '../../result/types.ts';
import { enumerate, formatCount } from './format.ts';
import { groupBy } from './group.ts';

/** What concerns some blocks of one contestant. */
type OfBlocks = Extract<RunWarning, { contestant: string }>;
type Plain = Exclude<OfBlocks, Doubt>;
/** One of these is a value beyond a limit. */
type Doubt = Exclude<OfBlocks, { id: 'sessions-lost' | 'no-overlap' }>;

/** In the order in which they came. */
export function warningsInWords(warnings: readonly RunWarning[]): string[] {
  const groups = groupBy(
    warnings.map((warning, place) => ({ warning, place })),
    ({ warning, place }) => (isDoubt(warning) ? [warning.scenario, warning.id] : place),
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

/** `a (x, y): a load generator stood still for 900 ms: …`, or `a: a load generator stood still for 900 ms (x) and 300 ms (y): …`. */
function doubtsInWords(doubts: readonly Doubt[]): string {
  const [first] = doubts;
  if (first === undefined) return '';
  const values = doubts.map(measureOf);
  const [value = ''] = values;
  if (values.every((one) => one === value)) {
    const names = doubts.map(({ contestant }) => contestant);
    return `${first.scenario} (${names.join(', ')}): ${doubt(first.id, value)}`;
  }
  const each = doubts.map(({ contestant }, i) => `${values[i]} (${contestant})`);
  return `${first.scenario}: ${doubt(first.id, enumerate(each))}`;
}

function measureOf(warning: Doubt): string {
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
      return formatCount(warning.transfers);
    case 'accept-queue-full':
      return formatCount(warning.connections);
    case 'time-wait-full':
      return formatCount(warning.sockets);
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
      return `a load generator used ${value} of a core: transfers/s is its limit, not the server's (more generators, or userPi: lean)`;
    case 'generator-starved':
      return `a load generator waited for a free core ${value} of the time: transfers/s is this machine's limit`;
    case 'generator-stalled':
      return `a load generator stood still for ${value}: its own limit, not the server's`;
    case 'late-starts':
      return `one in a hundred transfers started ${value} late or more: the load was not the plan's`;
    case 'arrivals-dropped':
      return `${value} of the arrivals found no idle session and were dropped: the load was less than the plan's (more sessions, or a lower rate)`;
    case 'generator-failures':
      return `${value} transfers failed for want of a port or a descriptor at the load generator: not the server's failures`;
    case 'accept-queue-full':
      return `${value} connections met a full accept queue on this host (TcpExtListenOverflows)`;
    case 'time-wait-full':
      return `${value} sockets found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets): ports were free early, so legacy fails too seldom and reuse-addr binds too fast`;
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
