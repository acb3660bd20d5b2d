// `port20 serve`: the server in earnest, in one process or in several that share its ports.
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { UsageError } from '../errors.ts';
import { tellServiceManager } from '../net/service-manager.ts';
import { type Observers, observe } from '../server/operation/observers.ts';
import {
  type PoolSettings,
  startWorkers,
  type WorkerLoss,
  type WorkerPool,
} from '../server/operation/worker-pool.ts';
import type { ServerOptions } from '../server/options.ts';
import { createServer } from '../server/server.ts';
import { formatDuration } from '../units.ts';
import { CONFIG_FILE } from './config-file.ts';
import { EXIT } from './exit.ts';
import { giveUpRoot, requireAccess } from './give-up-root.ts';
import { untilInterrupted } from './interrupt.ts';
import { type OutputFlags, print, say } from './output.ts';
import { requireBinder, requirePorts } from './preflight.ts';
import { checkService, listSettings } from './serve-check.ts';
import type { ServeFlags } from './serve-flags.ts';
import { type ServedMetrics, startMetrics } from './serve-metrics.ts';
import { describe, differences, oneAtATime } from './serve-reload.ts';

const STOP_HINT = 'no new sessions, transfers may end; once more to stop at once';
/** What closing takes beyond the grace. */
const STOP_TIMEOUT_MS = 10_000;

type Flags = ServeFlags & OutputFlags & { readonly config?: string };

/** What runs, in one process or in several. */
interface Service {
  readonly port: number;
  readonly metrics: ServedMetrics | undefined;
  /** Rejects when it can serve no more. */
  readonly ended: Promise<void>;
  /** @throws UsageError; nothing is changed then */
  reload(settings: PoolSettings): void;
  /** Every process writes the log files that have the names now. */
  reopenLogs(): void;
  /** Transfers that run have `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Serves until a signal comes. @returns the exit status */
export async function serve(command: Command, again: () => Promise<Command>): Promise<number> {
  const flags: Flags = command.optsWithGlobals();
  const { user, group, listen, dataPort = listen.port - 1 } = flags;
  const { config: configFile = CONFIG_FILE } = flags;
  giveUpRoot({ ...(user && { user }), ...(group && { group }), ports: [listen.port, dataPort], configFile });
  requireBinder(flags.binder, flags.bindToConnect);
  requirePorts(flags);
  if (user !== undefined) requireAccess(flags.root);
  return flags.check ? check(command, flags) : serveAs(flags, command, again);
}

async function check(command: Command, flags: Flags): Promise<number> {
  const note = await checkService(optionsOf(flags));
  await print(`would listen on ${describeService(flags, flags.listen.port)}\n${listSettings(command)}`);
  if (note !== undefined) say(`port20: ${note}`);
  warnOfRoot(flags);
  return 0;
}

async function serveAs(flags: Flags, command: Command, again: () => Promise<Command>): Promise<number> {
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
    if (service !== undefined && !stopping) inForce = await reloaded(service, inForce, command, readAgain);
  });
  if (!onTerminal) process.on('SIGHUP', reload); // from now on: while it starts, a signal would end it
  const starting = flags.workers === 1 ? serveAlone(flags) : serveWithWorkers(flags);
  const service = await starting;
  process.on('SIGUSR2', service.reopenLogs); // USR1 is Node's
  const { interruptedBy } = await untilInterrupted(
    STOP_HINT,
    stopAtOnce,
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
  // By the signal itself, now that nobody listens to it: Node's own end would abort, as it resets a terminal that is gone.
  if (interruptedBy === EXIT.hungUp) process.kill(process.pid, 'SIGHUP');
  return interruptedBy ?? 0;
}

function gone(config: string): UsageError {
  return new UsageError(`configuration file '${config}' is gone: put it back, or restart`);
}

/**
 * Reads all settings again; what is wrong with them is said, and changes nothing.
 * @returns the flags that are in force from now on
 */
async function reloaded(
  service: Service,
  inForce: Flags,
  command: Command,
  again: () => Promise<Command>,
): Promise<Flags> {
  tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  try {
    const wanted: Flags = (await again()).optsWithGlobals();
    const names = command.options.map((option) => option.attributeName() as keyof ServeFlags);
    const found = differences(inForce, wanted, names, optionsOf);
    service.reload(settingsOf(wanted));
    service.reopenLogs();
    say(`port20: SIGHUP: ${describe(found)}`);
    return found.inForce;
  } catch (error) {
    say(`port20: SIGHUP: all settings kept as they were: ${(error as Error).message}`);
    return inForce;
  } finally {
    tell('READY=1');
  }
}

async function serveAlone(flags: Flags): Promise<Service> {
  const observers = observe(flags);
  const { log } = observers;
  const server = createServer({ ...optionsOf(flags), log });
  return watched(observers, async (undo) => {
    const metrics = await startMetrics(flags, observers, {
      controlPort: () => server.address?.port,
      listening: () => server.listening,
      serving: () => 1,
      losses: () => 0,
    });
    undo(() => metrics?.close());
    const { port } = await server.listen();
    return {
      port,
      metrics,
      ended: new Promise(() => {}),
      reload({ server: options, logLevel }) {
        server.reload({ ...options, log });
        observers.setLevel(logLevel);
      },
      reopenLogs: observers.reopen,
      stop: (graceMs) => server.close({ graceMs }),
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
      controlPort: () => pool?.address.port,
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
      stopTimeoutMs: STOP_TIMEOUT_MS,
    });
    pool = started;
    return {
      port: started.address.port,
      metrics,
      ended: started.ended,
      reload: (settings) => {
        started.reload(settings);
        observers.setLevel(settings.logLevel);
      },
      reopenLogs() {
        observers.reopen();
        started.reopenLogs();
      },
      stop: () => started.stop(), // it knows the grace
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

export function optionsOf(flags: ServeFlags): Omit<ServerOptions, 'log'> {
  return {
    host: flags.listen.address,
    port: flags.listen.port,
    root: flags.root,
    links: flags.links,
    binder: flags.binder,
    timeUnitMs: flags.timeUnit,
    bindToConnectMs: flags.bindToConnect,
    write: flags.write === true,
    keepPartMs: flags.keepParts,
    syncUploads: flags.syncUploads === true,
    connectTimeoutMs: flags.connectTimeout,
    connectRetry: flags.connectRetry,
    stallTimeoutMs: flags.stallTimeout,
    lingerMs: flags.linger,
    ...(flags.maxSessions !== undefined && { maxSessions: flags.maxSessions }),
    ...(flags.maxSessionsPerAddress !== undefined && { maxSessionsPerAddress: flags.maxSessionsPerAddress }),
    ...(flags.retry !== undefined && { retry: flags.retry }),
    ...(flags.dataPort !== undefined && { dataPort: flags.dataPort }),
  };
}

function announce(flags: Flags, { port, metrics }: Service): void {
  const service = describeService(flags, port);
  say(`listening on ${service}${metrics === undefined ? '' : `, metrics ${metrics.url}`}`);
}

function describeService(flags: ServeFlags, port: number): string {
  const { binder, listen, workers, bindToConnect, timeUnit, write } = flags;
  const dataPort = STRATEGIES[binder].keepsPort
    ? `data port ${flags.dataPort ?? port - 1}`
    : 'data port ephemeral';
  const parts = [
    formatEndpoint({ ...listen, port }),
    dataPort,
    `binder ${binder}`,
    `retry ${flags.retry ?? STRATEGIES[binder].defaultRetry}`,
    ...(timeUnit === 1000 ? [] : [`time unit ${formatDuration(timeUnit)}`]),
    ...(bindToConnect === 0 ? [] : [`${formatDuration(bindToConnect)} between bind and connect`]),
    ...(workers === 1 ? [] : [`${workers} processes`]),
    `root ${flags.root}${write ? ', writable' : ''}`,
  ];
  return parts.join(', ');
}

function warnOfRoot({ quiet }: OutputFlags): void {
  if (quiet || process.geteuid?.() !== 0) return;
  say('port20: warning: it serves as root, without need: --user NAME gives root up and keeps the ports');
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Workers end by themselves when this process is gone. */
async function stopAtOnce(): Promise<void> {}
