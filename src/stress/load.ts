// The load of one generator: sessions log in, then run one transfer after another until time or count is used up.
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { openSession } from '../client/session.ts';
import type { ClientSession, TransferReport } from '../client/types.ts';
import { systemClock } from '../clock.ts';
import type { LoadSpec } from './engine.ts';
import type { Outcome } from './outcome.ts';
import type { Attempt } from './types.ts';

/** How many sessions log in at the same moment; more only lengthens the queue at the server. */
const LOGINS_AT_ONCE = 16;

export interface LoadResult {
  readonly lagMs: number;
  readonly warnings: readonly string[];
}

export interface Load {
  /** Runs the load and reports each attempt as it ends. Resolves when none is in flight any more. */
  run(onAttempt: (attempt: Attempt) => void): Promise<LoadResult>;
  /** Starts nothing new; what still runs after `graceMs` is cancelled. */
  stop(graceMs: number): void;
}

/** Logs every session in. @throws an Error that names the session, when one cannot */
export async function prepareLoad(spec: LoadSpec): Promise<Load> {
  const atOnce = pLimit(LOGINS_AT_ONCE);
  const opened = await Promise.allSettled(
    spec.clientAddresses.map((localAddress) => atOnce(() => open(spec, localAddress))),
  );
  const sessions = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = opened.find((one) => one.status === 'rejected');
  if (refused !== undefined) {
    for (const session of sessions) session.close();
    const reason = refused.reason as Error;
    throw new Error(`session could not log in: ${reason.message}`, { cause: reason });
  }
  return createLoad(spec, sessions);
}

function open(spec: LoadSpec, localAddress: string): Promise<ClientSession> {
  return openSession({
    server: spec.server,
    localAddress,
    user: 'anonymous',
    password: 'port20@',
    timeoutMs: spec.timeoutMs,
    activeMode: { acceptTimeoutMs: spec.acceptTimeoutMs },
  });
}

function createLoad(spec: LoadSpec, opened: readonly ClientSession[]): Load {
  const expectedHash = createHash('sha1').update(spec.content).digest('hex');
  const content = Buffer.from(spec.content);
  const inFlight = pLimit(opened.length);
  const sessions = new Set(opened);
  const idle = opened.map((session, number) => ({ session, number }));
  const warnings: string[] = [];
  let offered = 0;
  let stopped = false;
  let cancelled = false;

  async function run(onAttempt: (attempt: Attempt) => void): Promise<LoadResult> {
    const lag = monitorEventLoopDelay({ resolution: 10 });
    lag.enable();
    const endsAtMs = systemClock.nowMs() + spec.durationMs;
    const mayStart = () =>
      !stopped && systemClock.nowMs() < endsAtMs && (spec.transfers === 0 || offered < spec.transfers);

    // A closed workload: each chain starts its next transfer when the last has ended, and p-limit caps what is in flight.
    const chain = async (): Promise<void> => {
      while (mayStart() && idle.length > 0) await inFlight(() => oneTransfer(onAttempt));
    };
    await Promise.all(opened.map(chain));
    lag.disable();
    closeAll();
    return { lagMs: lag.max / 1e6, warnings };
  }

  async function oneTransfer(onAttempt: (attempt: Attempt) => void): Promise<void> {
    const slot = idle.shift();
    if (slot === undefined) return;
    const index = offered++;
    const scheduledAtMs = systemClock.nowMs();
    const report = await slot.session.transfer({
      direction: spec.direction,
      path: spec.direction === 'stor' ? `upload-${spec.name}-${slot.number}` : spec.path,
      ...(spec.direction === 'stor' && { content }),
    });
    onAttempt({
      index,
      session: slot.number,
      command: report.command,
      scheduledAtMs,
      startedAtMs: report.startedAtMs,
      endedAtMs: report.endedAtMs,
      bytes: report.bytes,
      hash: report.hash,
      replyCode: report.replyCode,
      local: report.local,
      remote: report.remote,
      outcome: outcomeOf(report),
    });
    if (slot.session.usable) idle.push(slot);
    else await replace(slot);
  }

  function outcomeOf(report: TransferReport): Outcome {
    if (report.error !== undefined) return cancelled ? { kind: 'cancelled' } : report.error;
    // A listing's bytes depend on the folder; of a file, every byte is known.
    const intact = spec.direction === 'list' || report.hash === expectedHash;
    return { kind: intact ? 'completed' : 'corrupted' };
  }

  /** A lost session logs in once more, from its own address; one that cannot is given up, and said so. */
  async function replace({ session, number }: { session: ClientSession; number: number }): Promise<void> {
    sessions.delete(session);
    session.close(); // it may still listen to what no longer comes
    if (stopped) return;
    try {
      const next = await open(spec, spec.clientAddresses[number] ?? '');
      sessions.add(next);
      idle.push({ session: next, number });
    } catch (error) {
      warnings.push(`session ${number} was lost and could not log in again: ${(error as Error).message}`);
    }
  }

  function closeAll(): void {
    for (const session of sessions) session.close();
  }

  function stop(graceMs: number): void {
    stopped = true;
    setTimeout(() => {
      cancelled = true;
      closeAll();
    }, graceMs).unref();
  }

  return { run, stop };
}
