// `port20 serve`: the server in earnest, in one process or in several that share its ports.
import type { ChildProcess } from 'node:child_process';
import type { Command } from 'commander';
import { formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { type Observers, observe } from '../server/operation/observers.ts';
import { startWorkers, type WorkerLoss, type WorkerPool } from '../server/operation/worker-pool.ts';
import type { ServerOptions } from '../server/options.ts';
import { createServer } from '../server/server.ts';
import { formatDuration } from '../units.ts';
import { type Interruptible, untilInterrupted } from './interrupt.ts';
import { type OutputFlags, say } from './output.ts';
import { requireBinder, requirePorts } from './preflight.ts';
import type { ServeFlags } from './serve-flags.ts';
import { type ServedMetrics, startMetrics } from './serve-metrics.ts';

const STOP_HINT = 'closing sessions; once more to stop at once';

/** Serves until a signal comes. @returns the exit status */
export async function serve(command: Command): Promise<number> {
  const flags: ServeFlags & OutputFlags = command.optsWithGlobals();
  requireBinder(flags.binder, flags.bindToConnect);
  requirePorts(flags);
  return flags.workers === 1 ? serveAlone(flags) : serveWithWorkers(flags);
}

async function serveAlone(flags: ServeFlags & OutputFlags): Promise<number> {
  return watched(flags, async (observers) => {
    const server = createServer({ ...optionsOf(flags), log: observers.log });
    const metrics = await startMetrics(flags, observers, {
      controlPort: () => server.address?.port,
      listening: () => server.listening,
      serving: () => 1,
      losses: () => 0,
    });
    try {
      const { port } = await server.listen();
      return await untilInterrupted(STOP_HINT, stopAtOnce, async (signal) => {
        announce(flags, port, metrics); // not before a signal would end it in order
        await aborted(signal);
        await server.close();
      });
    } finally {
      await metrics?.close();
    }
  });
}

/** Runs `work` while this process is logged. SIGUSR2, as USR1 is Node's: the log files were moved. */
async function watched(
  flags: ServeFlags,
  work: (observers: Observers) => Promise<Interruptible<void>>,
): Promise<number> {
  const observers = observe(flags);
  process.on('SIGUSR2', observers.reopen);
  try {
    return (await work(observers)).interruptedBy ?? 0;
  } finally {
    process.off('SIGUSR2', observers.reopen);
    observers.close();
  }
}

async function serveWithWorkers(flags: ServeFlags & OutputFlags): Promise<number> {
  return watched(flags, (observers) => serveFromWorkers(flags, observers));
}

async function serveFromWorkers(flags: ServeFlags, observers: Observers): Promise<Interruptible<void>> {
  let pool: WorkerPool | undefined;
  let losses = 0;
  const metrics = await startMetrics(flags, observers, {
    controlPort: () => pool?.address.port,
    listening: () => pool?.listening === true,
    serving: () => pool?.pids().length ?? 0,
    losses: () => losses,
  });
  const onWorkerLost = ({ pid, how, restartInMs }: WorkerLoss) => {
    losses++;
    const then =
      restartInMs === undefined ? 'not restarted' : `restarted in ${formatDuration(Math.round(restartInMs))}`;
    say(`port20: server process ${pid} ended by ${how}, ${then}`);
  };
  const { workers, logLevel, logFile, xferlog } = flags;
  const logs = { logLevel, logFile, xferlog, metrics: metrics !== undefined };
  const onWorkerServing = (worker: ChildProcess) => metrics?.addWorker(worker);
  const reopenLogs = () => pool?.reopenLogs();
  try {
    const started = await startWorkers({
      ...{ server: optionsOf(flags), workers, ...logs, onWorkerLost, onWorkerServing },
    });
    pool = started;
    process.on('SIGUSR2', reopenLogs);
    return await untilInterrupted(STOP_HINT, stopAtOnce, async (signal) => {
      announce(flags, started.address.port, metrics);
      await Promise.race([started.ended, aborted(signal)]);
      await started.stop();
    });
  } finally {
    process.off('SIGUSR2', reopenLogs);
    await metrics?.close();
  }
}

function optionsOf(flags: ServeFlags): Omit<ServerOptions, 'log'> {
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

function announce(flags: ServeFlags & OutputFlags, port: number, metrics: ServedMetrics | undefined): void {
  const { binder, listen, workers, bindToConnect, timeUnit, write } = flags;
  const dataPort = STRATEGIES[binder].keepsPort
    ? `data port ${flags.dataPort ?? port - 1}`
    : 'data port ephemeral';
  const parts = [
    `listening on ${formatEndpoint({ ...listen, port })}`,
    dataPort,
    `binder ${binder}`,
    `retry ${flags.retry ?? STRATEGIES[binder].defaultRetry}`,
    ...(timeUnit === 1000 ? [] : [`time unit ${formatDuration(timeUnit)}`]),
    ...(bindToConnect === 0 ? [] : [`${formatDuration(bindToConnect)} between bind and connect`]),
    ...(workers === 1 ? [] : [`${workers} processes`]),
    `root ${flags.root}${write ? ', writable' : ''}`,
    ...(metrics === undefined ? [] : [`metrics ${metrics.url}`]),
  ];
  say(parts.join(', '));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Workers end by themselves when this process is gone. */
async function stopAtOnce(): Promise<void> {}
