// The numbers of a whole service, whatever its processes: their sums, and what is known in one place alone.
import { isIPv4 } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Endpoint } from '../../../address.ts';
import { countSockets, isWildcard } from '../../../net/socket-table.ts';
import { VERSION } from '../../../version.ts';
import { countRecords, type Snapshot } from './process-metrics.ts';
import { registryOf, WorkerSnapshots } from './worker-snapshots.ts';

export interface ServiceFacts {
  readonly binder: string;
  /** Local addresses and port of active data connections; none where each has a port of its own. */
  dataPorts(): readonly Endpoint[];
  /** Processes that serve now. */
  serving(): number;
  /** Processes that ended so far although nobody stopped them. */
  losses(): number;
}

export interface ServiceMetrics {
  /** Counts what a worker tells, from the moment that it serves. */
  readonly workers: WorkerSnapshots;
  /** In Prometheus' text format 0.0.4. */
  text(): Promise<string>;
  stop(): void;
}

/** Of this process and its workers. @param lost as of `countRecords` */
export function createServiceMetrics(
  facts: ServiceFacts,
  lost: Readonly<Record<string, () => number>>,
): ServiceMetrics {
  const startedAtSeconds = Date.now() / 1000;
  const own = countRecords(lost);
  const workers = new WorkerSnapshots();
  return {
    workers,
    async text() {
      const { snapshots, answered } = await workers.gather();
      const service = await serviceSnapshot(facts, startedAtSeconds, answered);
      return registryOf([service, await own.snapshot(), ...snapshots]).metrics();
    },
    stop: own.stop,
  };
}

async function serviceSnapshot(
  facts: ServiceFacts,
  startedAtSeconds: number,
  answered: ReadonlyMap<number, boolean>,
): Promise<Snapshot> {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `port20_server_${name}`, help, labelNames, registers: [registry] });

  gauge('build_info', 'What serves.', ['version', 'node', 'binder']).set(
    { version: VERSION, node: process.versions.node, binder: facts.binder },
    1,
  );
  gauge('start_time_seconds', 'When the service began, since the Unix epoch.').set(startedAtSeconds);
  gauge('processes', 'Processes that serve control connections.').set(facts.serving());
  const lost = { name: 'port20_server_processes_lost_total', help: 'Processes that ended unasked.' };
  new Counter({ ...lost, registers: [registry] }).inc(facts.losses());
  const answers = gauge(
    'worker_answered',
    'Whether the process told its numbers just now; 0: they are those that it told last.',
    ['pid'],
  );
  for (const [pid, did] of answered) answers.set({ pid }, did ? 1 : 0);
  const waiting = await timeWaitSockets(facts.dataPorts());
  if (waiting !== null) {
    gauge('data_port_time_wait_sockets', 'Sockets in TIME_WAIT on the data port.').set(waiting);
  }
  return registry.getMetricsAsJSON();
}

/** Without those whose sockets another one of them has as well. */
function apart(places: readonly Endpoint[]): readonly Endpoint[] {
  return places.filter((place, at) =>
    places.every((other, n) => n === at || !covers(other, place) || (n > at && covers(place, other))),
  );
}

/** As `countSockets` counts: 0.0.0.0 is every IPv4 address, `::` is every one. */
function covers(outer: Endpoint, place: Endpoint): boolean {
  if (outer.port !== place.port) return false;
  return (
    outer.address === place.address ||
    outer.address === '::' ||
    (isWildcard(outer.address) && isIPv4(place.address))
  );
}

/** Null where the kernel does not tell quickly. */
async function timeWaitSockets(places: readonly Endpoint[]): Promise<number | null> {
  if (places.length === 0) return null;
  const counts = await Promise.all(apart(places).map((place) => countSockets(place, ['TIME_WAIT'])));
  return counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
