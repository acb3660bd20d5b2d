// The numbers of `serve` over HTTP: /metrics and /healthz, loaded only where they are asked for.
import type { ChildProcess } from 'node:child_process';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import type { BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { meets } from '../server/control/listeners.ts';
import type { PortRange } from '../server/data/passive-ports.ts';
import { dataPlaces } from '../server/fill-options.ts';
import type { Observers } from '../server/operation/observers.ts';

export interface MetricsFlags {
  readonly metrics?: Endpoint;
  readonly binder: BinderName;
  readonly dataPort?: number;
}

/** What the service is at this moment. */
export interface ServiceState {
  /** Where it listens; none before that. */
  addresses(): readonly Endpoint[];
  listening(): boolean;
  /** Processes that serve. */
  serving(): number;
  /** Processes that ended although nobody stopped them. */
  losses(): number;
}

export interface ServedMetrics {
  readonly url: string;
  addWorker(worker: ChildProcess): void;
  close(): Promise<void>;
}

export interface OwnPorts extends MetricsFlags {
  readonly listen: readonly Endpoint[];
  readonly passivePorts?: PortRange;
}

/**
 * Metrics are listened for first: without this, the server would be told that somebody else has its port.
 * @throws UsageError for a port that the server itself is to have
 */
export function refuseOwnPort({ metrics, binder, listen, dataPort, passivePorts }: OwnPorts): void {
  if (metrics === undefined || metrics.port === 0) return;
  const data = STRATEGIES[binder].keepsPort ? dataPlaces({ listen, dataPort }) : [];
  const isPassive =
    passivePorts !== undefined && metrics.port >= passivePorts.low && metrics.port <= passivePorts.high;
  const what = [
    listen.some((one) => keepsFrom(metrics, one)) && 'a control port',
    data.some((one) => keepsFrom(metrics, one)) && 'a data port',
    isPassive && 'one of the passive ports',
  ].find((one) => one !== false);
  if (what === undefined) return;
  throw new UsageError(`--metrics ${formatEndpoint(metrics)} is ${what} of the server: choose another port`);
}

/** `::` takes IPv4 as well. */
function keepsFrom(one: Endpoint, other: Endpoint): boolean {
  return meets(one, other) || (one.port === other.port && [one.address, other.address].includes('::'));
}

/** To be called before the service listens: its health can be asked from then on. @throws PreflightError */
export async function startMetrics(
  flags: MetricsFlags,
  observers: Observers,
  state: ServiceState,
): Promise<ServedMetrics | undefined> {
  const { metrics: wanted, binder } = flags;
  if (wanted === undefined) return undefined;
  const { createServiceMetrics } = await import('../server/operation/metrics/service-metrics.ts');
  const { serveMetrics } = await import('../server/operation/metrics/http.ts');
  const facts = {
    binder,
    serving: state.serving,
    losses: state.losses,
    dataPorts: () => dataPorts(flags, state),
  };
  const numbers = createServiceMetrics(facts, observers.lost);
  const http = await serveMetrics(wanted, { metrics: numbers.text, problem: () => problemOf(state) });
  return {
    url: `http://${formatEndpoint(http.address)}/metrics`,
    addWorker: (worker) => numbers.workers.add(worker),
    async close() {
      numbers.stop();
      await http.close();
    },
  };
}

function problemOf({ listening, serving }: ServiceState): string | undefined {
  if (!listening()) return 'the control port is not listened on';
  return serving() > 0 ? undefined : 'no process serves';
}

/** None for a binder with a port for each connection, and before the service listens. */
function dataPorts({ binder, dataPort }: MetricsFlags, { addresses }: ServiceState): Endpoint[] {
  if (!STRATEGIES[binder].keepsPort) return [];
  return addresses().map(({ address, port }) => ({ address, port: dataPort ?? port - 1 }));
}
