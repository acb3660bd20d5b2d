// The public API.
import { createLocalEngine } from './engine/local.ts';
import type { Plan } from './plan/types.ts';
import { kernelDigest } from './probe/kernel/truth-table.ts';
import type { RunResult } from './result/types.ts';
import { type RunOptions, runPlan } from './run/run.ts';

export type { Endpoint } from './address.ts';
export { createBinder, STRATEGIES as binders } from './binder/binders.ts';
export type { Strategy } from './binder/strategy.ts';
export type { Binder, BinderName, BoundSocket, RetryPreset, RetrySetting } from './binder/types.ts';
export { BINDER_NAMES, RETRY_PRESETS } from './binder/types.ts';
export { ActiveModeError } from './client/active-mode-error.ts';
export { activeMode } from './client/basic-ftp/active-mode.ts';
export type { ActiveModeOptions } from './client/options.ts';
export {
  DataConnectionError,
  InvalidRunError,
  type Phase,
  Port20Error,
  PreflightError,
  UsageError,
} from './errors.ts';
export { startPeer } from './peers/peers.ts';
export type { Peer, PeerName, PeerOptions } from './peers/types.ts';
export { formatPlan, parsePlan } from './plan/parse.ts';
export type * from './plan/types.ts';
export { probeCost } from './probe/cost/measure.ts';
export { diagnose } from './probe/doctor/diagnose.ts';
export { probeKernel as runProbe } from './probe/kernel/probe.ts';
export { fingerprintServer } from './probe/server/fingerprint.ts';
export type * from './probe/types.ts';
export type * from './result/attempt.ts';
export type * from './result/progress.ts';
export { readRunResult } from './result/read.ts';
export type * from './result/types.ts';
export type { RunOptions } from './run/run.ts';
export { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from './server/data/record.ts';
export type { ServerOptions } from './server/options.ts';
export { createServer, type FtpServer } from './server/server.ts';

/**
 * Runs a plan on this machine: servers and load generators are child processes, gone before this resolves. A process
 * that dies makes its block, and with it the result, invalid; nothing is thrown for that.
 */
export async function runStress(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const engine = createLocalEngine();
  try {
    return await runPlan(plan, engine, { truthTableDigest: kernelDigest(), ...options });
  } finally {
    await engine.close();
  }
}
