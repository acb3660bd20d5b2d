// `port20 serve`: the server in earnest, in one process or in several that share its ports.
import type { Command } from 'commander';
import { destination, pino } from 'pino';
import { formatEndpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import { logRecords } from '../server/operation/log-record.ts';
import { startWorkers, type WorkerLoss } from '../server/operation/worker-pool.ts';
import type { ServerOptions } from '../server/options.ts';
import { createServer } from '../server/server.ts';
import { formatDuration } from '../units.ts';
import { untilInterrupted } from './interrupt.ts';
import { type OutputFlags, say } from './output.ts';
import { requireBinder, requirePorts } from './preflight.ts';
import type { ServeFlags } from './serve-flags.ts';

const STOP_HINT = 'closing sessions; once more to stop at once';

/** Serves until a signal comes. @returns the exit status */
export async function serve(command: Command): Promise<number> {
  const flags: ServeFlags & OutputFlags = command.optsWithGlobals();
  requireBinder(flags.binder, flags.bindToConnect);
  requirePorts(flags);
  return flags.workers === 1 ? serveAlone(flags) : serveWithWorkers(flags);
}

async function serveAlone(flags: ServeFlags & OutputFlags): Promise<number> {
  const log = pino({ level: flags.logLevel }, destination({ fd: 2, sync: true }));
  const server = createServer({ ...optionsOf(flags), log });
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

async function serveWithWorkers(flags: ServeFlags & OutputFlags): Promise<number> {
  const onWorkerLost = ({ pid, how, restartInMs }: WorkerLoss) => {
    const then =
      restartInMs === undefined ? 'not restarted' : `restarted in ${formatDuration(Math.round(restartInMs))}`;
    say(`port20: server process ${pid} ended by ${how}, ${then}`);
  };
  const { workers, logLevel } = flags;
  const pool = await startWorkers({ server: optionsOf(flags), workers, logLevel, onWorkerLost });
  const { interruptedBy } = await untilInterrupted(STOP_HINT, stopAtOnce, async (signal) => {
    announce(flags, pool.address.port);
    await Promise.race([pool.ended, aborted(signal)]);
    await pool.stop();
  });
  return interruptedBy ?? 0;
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
