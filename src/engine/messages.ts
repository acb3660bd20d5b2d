// What the coordinator and its child processes say to each other.

import type { LoadResult } from '../load/load.ts';
import type { StartedLoad } from '../load/spec.ts';
import type { Attempt } from '../result/attempt.ts';
import type { ServerSpec } from '../run/engine.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import type { ServerOptions } from '../server/options.ts';
import { throwawayCertificate } from './throwaway-certificate.ts';

export type BinderServer = Extract<ServerSpec, { kind: 'binder' }>;
export type ToWorker = { readonly type: 'open'; readonly spec: BinderServer } | { readonly type: 'shut' };
/** `end` is for the host: its workers are to be gone before it is. */
export type ToServer = ToWorker | { readonly type: 'end' };

export type FromServer =
  | { readonly type: 'up'; readonly pids: readonly number[] }
  | { readonly type: 'opened' }
  /** Any number of these before `shut`: a long block has more of them than one message should carry. */
  | { readonly type: 'records'; readonly records: readonly DataConnectionRecord[] }
  | { readonly type: 'shut' }
  | { readonly type: 'failed'; readonly message: string };

export type ToGenerator =
  | { readonly type: 'log-in'; readonly load: StartedLoad }
  /** Every generator of a block starts in the same moment. */
  | { readonly type: 'go'; readonly startMs: number }
  | { readonly type: 'stop'; readonly graceMs: number };

export type FromGenerator =
  | { readonly type: 'up' }
  | { readonly type: 'ready' }
  | { readonly type: 'attempts'; readonly attempts: readonly Attempt[] }
  | ({ readonly type: 'done' } & LoadResult)
  | { readonly type: 'failed'; readonly message: string };

/** The plan says how many sessions there are; the server's own limits must not say otherwise. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** What the server of a block is asked to be. */
export function optionsOf(spec: BinderServer): ServerOptions {
  const { server, root, binder, retry, timeUnitMs, bindToConnectMs, tls } = spec;
  const { address: host, port } = server;
  const limits = { maxSessions: NO_LIMIT, maxSessionsPerAddress: NO_LIMIT };
  const sealed = tls === 'off' ? {} : { tlsPem: throwawayCertificate() };
  return { host, port, root, binder, timeUnitMs, bindToConnectMs, retry, write: true, ...limits, ...sealed };
}

/** To the parent process, which may be gone: then there is nobody left to tell, and the disconnect ends us. */
export function tellParent(message: FromServer | FromGenerator): void {
  if (process.connected) process.send?.(message, () => {});
}

/**
 * The coordinator decides when a block ends: a signal to the whole process group (Ctrl-C, timeout(1), a lost terminal) is for it alone.
 * When it is gone there is nothing left to do.
 */
export function obeyParentAlone(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  // It may have gone while this process was still loading: that is said only once.
  if (!process.connected) end();
}
