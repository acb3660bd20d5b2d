// What the coordinator and its child processes say to each other.
import type { DataConnectionRecord } from '../server/record.ts';
import type { LoadSpec, ServerSpec } from '../stress/engine.ts';
import type { Attempt } from '../stress/types.ts';

export type ToServer = { readonly type: 'open'; readonly spec: ServerSpec } | { readonly type: 'shut' };

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
