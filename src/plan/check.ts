// Numbers of a plan that are each allowed but make no sense together.
import { MAX_TIMER_MS } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';
import { formatBytes, formatDuration } from '../units.ts';
import { contestantsOf, longestScheduleMs } from './contestants.ts';
import { sizesOf } from './draws.ts';
import { requireKnown } from './thresholds/known.ts';
import { parseThreshold } from './thresholds/threshold.ts';
import type { Plan, Scenario } from './types.ts';

const MAX_FILE_BYTES = 1024 ** 3;
/** Each is a line of the plan's order, and a file of a run's folder. */
const MAX_BLOCKS = 50_000;
/** Every transfer of a block is kept until it is over, on both sides. */
const MAX_ARRIVALS = 5_000_000;

/** @throws UsageError that names what contradicts what */
export function checkPlan(plan: Plan, source = 'plan'): void {
  const problem = [
    ...contestantProblems(plan),
    ...abortProblems(plan),
    ...plan.scenarios.flatMap((one) => [...scenarioProblems(plan, one)]),
  ][0];
  if (problem !== undefined) throw new UsageError(`${source}: ${problem}`);
}

function* contestantProblems(plan: Plan): Generator<string> {
  const contestants = contestantsOf(plan);
  const names = contestants.map(({ name }) => name);
  if (contestants.length === 0) yield 'nothing to run: name binders, peers or targets';
  if (!names.includes(plan.baseline)) {
    yield `baseline ${quoted(plan.baseline)} is not among the strategies (${names.join(', ')}): add it or name one of them`;
  }
  const blocks = plan.blocks * plan.scenarios.length * contestants.length;
  if (blocks > MAX_BLOCKS) {
    yield `${blocks} blocks in all (${plan.blocks} of each strategy in each scenario): a run has ${MAX_BLOCKS} at the most: lower blocks`;
  }
  try {
    const longest = Math.max(...contestants.map((contestant) => longestScheduleMs(plan, contestant)));
    if (plan.timeoutMs + longest > MAX_TIMER_MS) {
      yield `the retry schedule and the timeout together are longer than ${MAX_TIMER_MS} ms`;
    }
  } catch (error) {
    yield (error as Error).message;
  }
  const shortestMs = Math.min(...plan.scenarios.map(({ durationMs }) => durationMs)) + plan.restMs;
  if (plan.maxTimeMs > 0 && plan.maxTimeMs < shortestMs) {
    yield `maxTime ${formatDuration(plan.maxTimeMs)} is shorter than a block of ${formatDuration(shortestMs)}: nothing would run`;
  }
  const scenarios = plan.scenarios.map(({ name }) => name);
  const twice = scenarios.find((name, i) => scenarios.indexOf(name) !== i);
  if (twice !== undefined) yield `two scenarios are called '${twice}': give each its own name`;
}

function* abortProblems(plan: Plan): Generator<string> {
  try {
    requireKnown(plan.abortOn.map(parseThreshold), plan);
  } catch (error) {
    yield `abortOn: ${(error as Error).message}`;
  }
  if (plan.abortOn.length > 0 && plan.abortAfter > plan.blocks) {
    yield `abortAfter ${plan.abortAfter} is more than the ${plan.blocks} blocks of each strategy: lower abortAfter`;
  }
}

/** Daemons are started, and servers that run already stand, in the namespace of the run itself. */
function* networkProblems({ peers, targets }: Plan, { name, network }: Scenario): Generator<string> {
  if (network === 'none') return;
  const [other] = [...peers, ...targets];
  if (other !== undefined) {
    yield `scenario '${name}': network ${network} is there for binders alone, not for ${quoted(other)}: leave out peers and targets`;
  }
}

function* scenarioProblems(plan: Plan, scenario: Scenario): Generator<string> {
  const {
    sessions,
    durationMs,
    warmUpMs,
    bindToConnectMs,
    fileSize,
    clientAddresses,
    workload,
    transfers,
    tls,
  } = scenario;
  const at = `scenario '${scenario.name}'`;
  yield* networkProblems(plan, scenario);
  if (sessions < plan.generators) {
    yield `${at}: ${sessions} sessions cannot be shared by ${plan.generators} generators: lower generators`;
  }
  // A generator's share of none would read as no limit.
  if (transfers > 0 && transfers < plan.generators) {
    yield `${at}: ${transfers} transfers cannot be shared by ${plan.generators} generators: lower generators`;
  }
  if (plan.binders.length > 0 && sessions < plan.workers) {
    yield `${at}: ${sessions} sessions cannot occupy ${plan.workers} workers: lower workers`;
  }
  if (warmUpMs >= durationMs) {
    yield `${at}: warmUp ${formatDuration(warmUpMs)} is not shorter than a block of ${formatDuration(durationMs)}`;
  }
  if (tls !== 'off' && plan.userPi === 'lean') {
    yield `${at}: the lean client speaks no TLS: set userPi to basic-ftp`;
  }
  if (tls !== 'off' && plan.peers.length > 0) {
    yield `${at}: tls is for the built-in server and for targets: peers are started without it`;
  }
  if (bindToConnectMs >= plan.timeoutMs) {
    yield `${at}: bindToConnect ${formatDuration(bindToConnectMs)} is not shorter than the timeout of ${formatDuration(plan.timeoutMs)}`;
  }
  const largest = Math.max(...sizesOf(fileSize).map(({ value }) => value));
  if (largest > MAX_FILE_BYTES) yield `${at}: fileSize: at most 1GiB, not ${formatBytes(largest)}`;
  if (clientAddresses !== 'each' && clientAddresses > sessions) {
    yield `${at}: ${clientAddresses} client addresses for ${sessions} sessions: lower clientAddresses`;
  }
  if (workload.kind !== 'bursts') {
    const most = Math.max(...workload.stages.flatMap(({ from, to }) => [from, to]));
    if (most === 0) yield `${at}: nothing would be transferred: the ${workload.kind} workload stays at 0`;
    if (workload.kind === 'closed' && most > sessions) {
      yield `${at}: stages reach ${most} sessions of ${sessions}: raise sessions`;
    }
  }
  const arrivals = arrivalsOf(scenario);
  if (arrivals > MAX_ARRIVALS) {
    yield `${at}: ${Math.round(arrivals)} arrivals in a block of ${formatDuration(durationMs)}: ${MAX_ARRIVALS} at the most: lower duration, and run more blocks`;
  }
  if (durationMs > MAX_TIMER_MS) yield `${at}: its stages last longer than ${MAX_TIMER_MS} ms in all`;
  if (workload.kind === 'bursts' && workload.size > sessions) {
    yield `${at}: a burst of ${workload.size} needs as many sessions, not ${sessions}: raise sessions`;
  }
}

/** That are expected in a block; of a closed workload nobody can say. */
function arrivalsOf({ workload, durationMs }: Scenario): number {
  if (workload.kind === 'closed') return 0;
  if (workload.kind === 'bursts') return workload.size * Math.ceil(durationMs / workload.everyMs);
  return workload.stages.reduce(
    (sum, stage) => sum + ((stage.from + stage.to) / 2) * (stage.durationMs / 1000),
    0,
  );
}
