// `port20 serve`: the server in earnest, in one process or in several that share its ports.
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { UsageError } from '../errors.ts';
import { tellServiceManager } from '../net/service-manager.ts';
import { proseColumnsOf } from '../report/text/options.ts';
import { wrap } from '../report/text/wrap.ts';
import { type Observers, observe } from '../server/operation/observers.ts';
import {
  type PoolSettings,
  startWorkers,
  type WorkerLoss,
  type WorkerPool,
} from '../server/operation/worker-pool.ts';
import type { Reloaded } from '../server/reload.ts';
import { createServer } from '../server/server.ts';
import { formatDuration } from '../units.ts';
import { CONFIG_FILE } from './config-file.ts';
import { giveUpRoot, requireAccess } from './give-up-root.ts';
import { untilInterrupted } from './interrupt.ts';
import { type OutputFlags, print, say, textOptions } from './output.ts';
import { requireBinder, requirePorts } from './preflight.ts';
import { checkService } from './serve-check.ts';
import type { ServeFlags } from './serve-flags.ts';
import { refuseOwnPort, type ServedMetrics, startMetrics } from './serve-metrics.ts';
import { optionsOf } from './serve-options.ts';
import { describeReload, inForceAfter, oneAtATime } from './serve-reload.ts';
import { listSettings } from './serve-settings.ts';

const STOP_HINT = () => 'no new sessions, transfers may end; once more to stop at once';
/** What closing takes beyond the grace. */
const STOP_TIMEOUT_MS = 10_000;

type Flags = ServeFlags & OutputFlags & { readonly config?: string };

/** What runs, in one process or in several. */
interface Service {
  readonly addresses: readonly Endpoint[];
  readonly metrics: ServedMetrics | undefined;
  /** Rejects when it can serve no more. */
  readonly ended: Promise<void>;
  /** @throws UsageError; nothing is changed then */
  reload(settings: PoolSettings): Promise<Reloaded>;
  /** Every process writes the log files that have the names now. */
  reopenLogs(): void;
  /** Transfers that run have `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Nobody waits any more: no process of the service is left behind. */
  stopAtOnce(): Promise<void>;
}

/** Serves until a signal comes. @returns the exit status */
export async function serve(command: Command, again: () => Promise<Command>): Promise<number> {
  const flags: Flags = command.optsWithGlobals();
  const { user, group, config: configFile = CONFIG_FILE } = flags;
  giveUpRoot({
    ...(user !== undefined && { user }),
    ...(group !== undefined && { group }),
    ports: portsOf(flags),
    configFile,
  });
  requireBinder(flags.binder, flags.bindToConnect);
  refuseOwnPort(flags);
  requirePorts(flags);
  adviseIdleTimeout(flags);
  if (user !== undefined) requireAccess(flags.root);
  return flags.check ? check(command, flags) : serveAs(flags, again);
}

/** RFC 1123 §4.1.3.2: "The idle timeout time SHOULD be configurable, and the default should be at least 5 minutes." */
const LEAST_IDLE_MS = 300_000;

function adviseIdleTimeout({ idleTimeout, quiet }: ServeFlags & OutputFlags): void {
  if (idleTimeout === 0 || idleTimeout >= LEAST_IDLE_MS || quiet === true) return;
  say(`port20: --idle-timeout ${formatDuration(idleTimeout)} is less than the 5m that RFC 1123 asks for`);
}

/** All that it binds. */
function portsOf({ listen, dataPort }: ServeFlags): readonly number[] {
  return listen.flatMap(({ port }) => [port, dataPort ?? port - 1]);
}

async function check(command: Command, flags: Flags): Promise<number> {
  const options = optionsOf(flags);
  const notes = await checkService(options, flags);
  const service = wrap(
    `would listen on ${describeService(flags, flags.listen)}`,
    proseColumnsOf(textOptions(flags)),
    '  ',
  );
  await print(`${service}\n${listSettings(command, options)}`);
  for (const note of notes) say(`port20: ${note}`);
  warnOfRoot(flags);
  return 0;
}

async function serveAs(flags: Flags, again: () => Promise<Command>): Promise<number> {
  let inForce = flags;
  let stopping = false;
  const { config = CONFIG_FILE } = flags;
  const hadConfig = existsSync(config);
  // Who removed it, or is about to replace it, has not asked for the defaults.
  const readAgain = () => (hadConfig && !existsSync(config) ? Promise.reject(gone(config)) : again());
  // A terminal that goes takes what was started on it along; a service has none, and is told to read its settings.
  const onTerminal = isatty(0);
  const reload = oneAtATime(async () => {
    const service = await starting.catch(() => undefined);
    if (service !== undefined && !stopping)
      inForce = await reloaded(service, inForce, readAgain, () => stopping);
  });
  if (!onTerminal) process.on('SIGHUP', reload); // from now on: while it starts, a signal would end it
  const starting = flags.workers === 1 ? serveAlone(flags) : serveWithWorkers(flags);
  const service = await starting.catch((error: unknown) => {
    process.off('SIGHUP', reload); // nothing is left to be reloaded
    throw error;
  });
  process.on('SIGUSR2', service.reopenLogs); // USR1 is Node's
  const { interruptedBy } = await untilInterrupted(
    STOP_HINT,
    service.stopAtOnce,
    async (signal) => {
      announce(flags, service); // not before a signal would end it in order
      warnOfRoot(flags);
      tell('READY=1');
      await Promise.race([service.ended, aborted(signal)]);
      stopping = true;
      const { grace } = inForce;
      tell(`STOPPING=1\nEXTEND_TIMEOUT_USEC=${(grace + STOP_TIMEOUT_MS) * 1000}`);
      await service.stop(grace);
    },
    onTerminal ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'],
  );
  return interruptedBy ?? 0;
}

function gone(config: string): UsageError {
  return new UsageError(`configuration file '${config}' is gone: put it back, or restart`);
}

/**
 * Reads all settings again; what is wrong with them is said, and changes nothing. Nothing is said or done any more once
 * the service stops.
 * @returns the flags that are in force from now on
 */
async function reloaded(
  service: Service,
  inForce: Flags,
  again: () => Promise<Command>,
  isStopping: () => boolean,
): Promise<Flags> {
  tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  try {
    const wanted: Flags = (await again()).optsWithGlobals();
    if (isStopping()) return inForce;
    const done = await service.reload(settingsOf(wanted));
    if (isStopping()) return inForce;
    service.reopenLogs();
    say(`port20: SIGHUP: ${describeReload(inForce, wanted, done)}`);
    return inForceAfter(inForce, wanted, done);
  } catch (error) {
    if (!isStopping()) say(`port20: SIGHUP: all settings kept as they were: ${(error as Error).message}`);
    return inForce;
  } finally {
    if (!isStopping()) tell('READY=1');
  }
}

async function serveAlone(flags: Flags): Promise<Service> {
  const observers = observe(flags);
  const { log } = observers;
  const server = createServer({ ...optionsOf(flags), log });
  return watched(observers, async (undo) => {
    const metrics = await startMetrics(flags, observers, {
      addresses: () => server.addresses,
      listening: () => server.listening,
      serving: () => 1,
      losses: () => 0,
    });
    undo(() => metrics?.close());
    await server.listen();
    return {
      addresses: server.addresses,
      metrics,
      ended: new Promise(() => {}),
      async reload({ server: options, logLevel }) {
        const done = await server.reload({ ...options, log });
        observers.setLevel(logLevel);
        return done;
      },
      reopenLogs: observers.reopen,
      stop: (graceMs) => server.close({ graceMs }),
      async stopAtOnce() {}, // it ends with this process
    };
  });
}

async function serveWithWorkers(flags: Flags): Promise<Service> {
  const observers = observe(flags);
  let pool: WorkerPool | undefined;
  let losses = 0;
  const onWorkerLost = ({ pid, how, restartInMs }: WorkerLoss) => {
    losses++;
    const then =
      restartInMs === undefined ? 'not restarted' : `restarted in ${formatDuration(Math.round(restartInMs))}`;
    say(`port20: server process ${pid} ended by ${how}, ${then}`);
  };
  return watched(observers, async (undo) => {
    const metrics = await startMetrics(flags, observers, {
      addresses: () => pool?.addresses ?? [],
      listening: () => pool?.listening === true,
      serving: () => pool?.pids().length ?? 0,
      losses: () => losses,
    });
    undo(() => metrics?.close());
    const { workers, logFile, xferlog } = flags;
    const started = await startWorkers({
      ...settingsOf(flags),
      ...{ workers, logFile, xferlog, metrics: metrics !== undefined },
      ...{ onWorkerLost, onWorkerServing: (worker: ChildProcess) => metrics?.addWorker(worker) },
      onWarning: (warning) => observers.log.warn(warning),
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    pool = started;
    return {
      addresses: started.addresses,
      metrics,
      ended: started.ended,
      reload: async (settings) => {
        const done = await started.reload(settings);
        observers.setLevel(settings.logLevel);
        return done;
      },
      reopenLogs() {
        observers.reopen();
        started.reopenLogs();
      },
      stop: () => started.stop(), // it knows the grace
      stopAtOnce: () => started.stopAtOnce(),
    };
  });
}

/** What was begun for a service ends with it, and when it does not start. @param undo takes what is to be done then */
async function watched(
  observers: Observers,
  start: (undo: (end: () => Promise<void> | undefined) => void) => Promise<Service>,
): Promise<Service> {
  const ends: (() => Promise<void> | undefined)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0)) await end();
    observers.close();
  };
  try {
    const service = await start((end) => ends.push(end));
    return {
      ...service,
      async stop(graceMs) {
        try {
          await service.stop(graceMs);
        } finally {
          await endAll();
        }
      },
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}

function settingsOf(flags: ServeFlags): PoolSettings {
  return { server: optionsOf(flags), logLevel: flags.logLevel, graceMs: flags.grace };
}

function announce(flags: Flags, { addresses, metrics }: Service): void {
  const service = describeService(flags, addresses);
  say(`listening on ${service}${metrics === undefined ? '' : `, metrics ${metrics.url}`}`);
}

/** One line for all addresses: scripts wait for it. */
function describeService(flags: ServeFlags, addresses: readonly Endpoint[]): string {
  const { binder, workers, bindToConnect, timeUnit, write } = flags;
  const parts = [
    addresses.map(formatEndpoint).join(' and '),
    STRATEGIES[binder].keepsPort ? dataPortsText(flags, addresses) : 'data port ephemeral',
    `binder ${binder}`,
    `retry ${flags.retry ?? STRATEGIES[binder].defaultRetry}`,
    ...(timeUnit === 1000 ? [] : [`time unit ${formatDuration(timeUnit)}`]),
    ...(bindToConnect === 0 ? [] : [`${formatDuration(bindToConnect)} between bind and connect`]),
    ...(workers === 1 ? [] : [`${workers} processes`]),
    `root ${flags.root}${write ? ', writable' : ''}`,
    ...tlsText(flags),
    ...(flags.users === undefined ? [] : [`users ${flags.users}${flags.anonymous ? ' and anonymous' : ''}`]),
  ];
  return parts.join(', ');
}

function tlsText({ tls, tlsCert, implicitTls }: ServeFlags): readonly string[] {
  const policy = tls ?? (tlsCert === undefined ? 'off' : 'allow');
  if (policy === 'off') return [];
  const implicit = implicitTls === undefined ? [] : [`implicit on ${implicitTls}`];
  return [`TLS ${policy === 'require' ? 'required' : 'allowed'}`, ...implicit];
}

function warnOfRoot({ quiet }: OutputFlags): void {
  if (quiet || process.geteuid?.() !== 0) return;
  say('port20: warning: it serves as root; --user NAME gives that up, not the ports');
}

/** Nobody may have asked, and who has must not end the service by not listening. */
function tell(state: string): void {
  try {
    tellServiceManager(state);
  } catch (error) {
    say(
      `port20: warning: the service manager cannot be told ${state.split('\n')[0]}: ${(error as Error).message}`,
    );
  }
}

function dataPortsText({ dataPort }: ServeFlags, addresses: readonly Endpoint[]): string {
  const ports = [...new Set(addresses.map(({ port }) => dataPort ?? port - 1))];
  return `data port${ports.length === 1 ? '' : 's'} ${ports.join(' and ')}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
