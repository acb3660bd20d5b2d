// What the coordinator and its child processes say to each other.
import type { DataConnectionRecord } from '../server/record.ts';
import type { LoadSpec, ServerSpec } from '../stress/engine.ts';
import type { Attempt } from '../stress/types.ts';

export type ToWorker = { readonly type: 'open'; readonly spec: ServerSpec } | { readonly type: 'shut' };
/** `end` is for the primary: its workers are to be gone before it is. */
export type ToServer = ToWorker | { readonly type: 'end' };

export type FromServer =
  | { readonly type: 'up'; readonly pids: readonly number[] }
  | { readonly type: 'opened' }
  | { readonly type: 'shut'; readonly records: readonly DataConnectionRecord[] }
  | { readonly type: 'failed'; readonly message: string };

export type ToGenerator =
  | { readonly type: 'log-in'; readonly spec: LoadSpec }
  | { readonly type: 'go' }
  | { readonly type: 'stop'; readonly graceMs: number };

export type FromGenerator =
  | { readonly type: 'up' }
  | { readonly type: 'ready' }
  | { readonly type: 'attempts'; readonly attempts: readonly Attempt[] }
  | { readonly type: 'done'; readonly lagMs: number; readonly warnings: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

/** To the parent process, which may be gone: then there is nobody left to tell, and the disconnect ends us. */
export function tellParent(message: FromServer | FromGenerator): void {
  if (process.connected) process.send?.(message, () => {});
}

/**
 * The coordinator decides when a block ends: a signal to the whole process group (Ctrl-C, timeout(1)) is for it alone.
 * When it is gone there is nothing left to do.
 */
export function obeyParentAlone(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
