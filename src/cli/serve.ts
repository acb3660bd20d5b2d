// `port20 serve`: the server in earnest, in one process or in several that share its ports.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { destination, type Logger, pino } from 'pino';
import { formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/binders.ts';
import { startWorkers, type WorkerLoss } from '../server/cluster.ts';
import { logRecords } from '../server/log-record.ts';
import type { ServerOptions } from '../server/options.ts';
import { createServer } from '../server/server.ts';
import { formatDuration } from '../units.ts';
import { untilInterrupted } from './interrupt.ts';
import { type OutputFlags, say } from './output.ts';
import { requireBinder, requirePorts } from './preflight.ts';
import type { ServeFlags } from './serve-flags.ts';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const STOP_HINT = 'closing sessions; once more to stop at once';

/** Serves until a signal comes. @returns the exit status */
export async function serve(command: Command): Promise<number> {
  const flags: ServeFlags & OutputFlags = command.optsWithGlobals();
  requireBinder(flags.binder, flags.bindToConnect);
  // A worker shares the ports of the primary, which has looked.
  if (!cluster.isWorker) requirePorts(flags);
  const log = pino({ level: flags.logLevel }, destination({ fd: 2, sync: true }));
  if (cluster.isWorker) return serveHere(flags, log);
  return flags.workers === 1 ? serveAlone(flags, log) : serveWithWorkers(flags, log);
}

async function serveAlone(flags: ServeFlags & OutputFlags, log: Logger): Promise<number> {
  const server = createServer(optionsOf(flags, log));
  const stopLogging = logRecords(log);
  const { port } = await server.listen();
  const { interruptedBy } = await untilInterrupted(STOP_HINT, stopAtOnce, async (signal) => {
    announce(flags, port); // not before a signal would end it in order
    await aborted(signal);
    await server.close();
  });
  stopLogging();
  return interruptedBy ?? 0;
}

async function serveWithWorkers(flags: ServeFlags & OutputFlags, log: Logger): Promise<number> {
  await rehearse(flags, log);
  const onWorkerLost = ({ pid, how, restartInMs }: WorkerLoss) => {
    const then =
      restartInMs === undefined ? 'not restarted' : `restarted in ${formatDuration(Math.round(restartInMs))}`;
    say(`port20: server process ${pid} ended by ${how}, ${then}`);
  };
  const pool = await startWorkers({
    exec: MAIN,
    args: process.argv.slice(2),
    workers: flags.workers,
    onWorkerLost,
  });
  const { interruptedBy } = await untilInterrupted(STOP_HINT, stopAtOnce, async (signal) => {
    announce(flags, pool.port);
    await Promise.race([pool.ended, aborted(signal)]);
    await pool.stop();
  });
  return interruptedBy ?? 0;
}

/** One process of several: the primary has announced it and will end it. */
async function serveHere(flags: ServeFlags, log: Logger): Promise<number> {
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole process group; the primary decides
  const server = createServer(optionsOf(flags, log));
  const stopLogging = logRecords(log);
  await server.listen();
  await Promise.race([once(process, 'SIGTERM'), once(process, 'disconnect')]);
  await server.close();
  stopLogging();
  cluster.worker?.disconnect();
  return 0;
}

/** Listens and closes once, so that a port or a folder that cannot be had is told once and not by every process. */
async function rehearse(flags: ServeFlags, log: Logger): Promise<void> {
  const server = createServer(optionsOf(flags, log));
  await server.listen();
  await server.close();
}

function optionsOf(flags: ServeFlags, log: Logger): ServerOptions {
  return {
    host: flags.listen.address,
    port: flags.listen.port,
    root: flags.root,
    binder: flags.binder,
    timeUnitMs: flags.timeUnit,
    bindToConnectMs: flags.bindToConnect,
    write: flags.write === true,
    log,
    ...(flags.maxSessions !== undefined && { maxSessions: flags.maxSessions }),
    ...(flags.retry !== undefined && { retry: flags.retry }),
    ...(flags.dataPort !== undefined && { dataPort: flags.dataPort }),
  };
}

function announce(flags: ServeFlags & OutputFlags, port: number): void {
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
