// The load of a scenario in words: who transfers what, and when.
import { formatSizeDistribution } from '../../plan/distributions.ts';
import type { Direction, Scenario, Stage, TimeDistribution } from '../../plan/types.ts';
import {
  enumerate,
  formatCount,
  formatMs,
  formatPercent,
  formatRatio,
  formatSize,
  formatTimeSpan,
  plural,
} from './format.ts';

/** `64 sessions fetching a 4 KiB file (RETR)`; what is not the default follows, part by part. */
export function loadInWords(scenario: Scenario): string {
  const parts = [
    `${plural(scenario.sessions, 'session')} ${whatInWords(scenario)}`,
    ...whenInWords(scenario),
  ];
  return [...parts, ...howInWords(scenario)].join(', ');
}

/** `64 sessions`, `up to 400 arrivals a second`, `bursts of 30`: how much it is, and no more. */
export function loadInShort({ workload, sessions }: Scenario): string {
  switch (workload.kind) {
    case 'closed':
      return mostOf(workload.stages, plural(highest(workload.stages), 'session'));
    case 'open':
      return mostOf(workload.stages, `${formatRatio(highest(workload.stages))} arrivals a second`);
    case 'bursts':
      return `bursts of ${formatCount(Math.min(workload.size, sessions))}`;
    default:
      return workload satisfies never;
  }
}

function highest(stages: readonly Stage[]): number {
  return Math.max(0, ...stages.flatMap(({ from, to }) => [from, to]));
}

function mostOf(stages: readonly Stage[], most: string): string {
  const level = stages.every(({ from, to }) => from === to && from === stages[0]?.from);
  return level ? most : `up to ${most}`;
}

function whatInWords({ mix, fileSize }: Scenario): string {
  const files =
    fileSize.kind === 'fixed'
      ? `a ${formatSize(fileSize.bytes)} file`
      : `files of ${formatSizeDistribution(fileSize)}`;
  const words = {
    retr: `fetching ${files} (RETR)`,
    stor: `storing ${files} (STOR)`,
    list: 'listing a directory (LIST)',
  } satisfies Record<Direction, string>;
  const [only] = mix;
  if (only !== undefined && mix.length === 1) return words[only.value];
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  return enumerate(mix.map(({ value, weight }) => `${words[value]} ${formatPercent(weight / total)}`));
}

function whenInWords({ workload, sessions }: Scenario): string[] {
  switch (workload.kind) {
    case 'closed':
      return [...thinkingInWords(workload.thinkTime), ...activeInWords(workload.stages, sessions)];
    case 'open':
      return [
        `${workload.arrivals === 'poisson' ? 'Poisson' : 'evenly spaced'} arrivals ${levelsInWords(workload.stages)} a second`,
      ];
    case 'bursts':
      return [`bursts of ${workload.size} every ${formatTimeSpan(workload.everyMs)}`];
    default:
      return workload satisfies never;
  }
}

function thinkingInWords(time: TimeDistribution): string[] {
  switch (time.kind) {
    case 'fixed':
      return time.ms === 0 ? [] : [`pausing ${formatMs(time.ms)} before each`];
    case 'exponential':
      return [`pausing ${formatMs(time.meanMs)} on average before each (exponential)`];
    case 'uniform':
      return [`pausing ${formatMs(time.minMs)} to ${formatMs(time.maxMs)} before each`];
    default:
      return time satisfies never;
  }
}

/** Nothing where all sessions run from the first moment to the last. */
function activeInWords(stages: readonly Stage[], sessions: number): string[] {
  const all = stages.every(({ from, to }) => from === sessions && to === sessions);
  return all ? [] : [`${levelsInWords(stages)} sessions at once`];
}

/** `100`, or `0 to 400 in 2 s, then 400 for 5 s`. */
function levelsInWords(stages: readonly Stage[]): string {
  const [only] = stages;
  if (only !== undefined && stages.length === 1 && only.from === only.to) return formatRatio(only.to);
  return stages
    .map(({ from, to, durationMs }) =>
      from === to
        ? `${formatRatio(to)} for ${formatTimeSpan(durationMs)}`
        : `${formatRatio(from)} to ${formatRatio(to)} in ${formatTimeSpan(durationMs)}`,
    )
    .join(', then ');
}

function howInWords({
  clientAddresses,
  clientPort,
  announce,
  login,
  tls,
  network,
  warmUpMs,
}: Scenario): string[] {
  return [
    ...(clientAddresses === 'each'
      ? []
      : [`from ${plural(clientAddresses, 'client address', 'client addresses')}`]),
    ...(clientPort === 'fresh' ? [] : [CLIENT_PORTS[clientPort]]),
    ...(tls === 'off' ? [] : ['under TLS']),
    ...(announce === 'auto' ? [] : [`announced by ${announce}`]),
    ...(login === 'once' ? [] : ['logging in for each transfer']),
    ...(network === 'none' ? [] : [NETWORKS[network]]),
    ...(warmUpMs === 0 ? [] : [`the first ${formatTimeSpan(warmUpMs)} of a block not counted`]),
  ];
}

const CLIENT_PORTS = {
  sticky: 'each on one client port',
  default: "each on the control connection's own port (the same 4-tuple every time)",
} satisfies Record<Exclude<Scenario['clientPort'], 'fresh'>, string>;

const NETWORKS = {
  'firewall-port-20': 'behind a firewall that admits source port 20 alone',
  lossy: 'over a line that loses 2 % of all packets and takes 10 ms each way',
} satisfies Record<Exclude<Scenario['network'], 'none'>, string>;
