// A binder by name: its strategy, with a retry schedule.
import type { Endpoint } from '../address.ts';
import type { Clock } from '../clock.ts';
import { DataConnectionError, errorCodeOf, Port20Error } from '../errors.ts';
import { boundSocket } from './bound-socket.ts';
import { retrying, TriesExhausted, waitsOf } from './retry.ts';
import { STRATEGIES } from './strategies/index.ts';
import type { Claim } from './strategy.ts';
import type { Binder, BinderName, BoundSocket, RetrySetting } from './types.ts';

export { STRATEGIES };

export interface BinderSettings {
  /** The strategy's own schedule unless set. */
  readonly retry?: RetrySetting;
  /** Length of one second of the schedule in milliseconds; 1000 unless set. */
  readonly timeUnitMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** A binder by name. @throws UsageError for a schedule that cannot be followed */
export function createBinder(name: BinderName, settings: BinderSettings = {}): Binder {
  const strategy = STRATEGIES[name];
  const waits = waitsOf(settings.retry ?? strategy.defaultRetry, settings.timeUnitMs ?? 1000);
  const { clock, random } = settings;
  const pacing = { ...(clock && { clock }), ...(random && { random }) };

  async function bind(local: Endpoint, signal?: AbortSignal): Promise<BoundSocket> {
    try {
      const loop = { waits, isCurable: isAddressInUse, signal, ...pacing };
      const { value, tries, waitedMs } = await retrying<Claim>(() => strategy.claim(local), loop);
      return boundSocket(value, { bindCalls: tries, waitedMs });
    } catch (error) {
      throw bindFailure(error, local);
    }
  }
  return { name, waitsMs: waits, bind };
}

/** BSD ftpd waits for EADDRINUSE alone: nothing else gets better by waiting. */
function isAddressInUse(error: unknown): boolean {
  return errorCodeOf(error) === 'EADDRINUSE';
}

function bindFailure(error: unknown, local: Endpoint): unknown {
  if (!(error instanceof TriesExhausted)) return error;
  const { cause, tries, waitedMs, aborted } = error;
  // A platform without FFI is no collision: it keeps its own error and its own advice.
  if (cause instanceof Port20Error) return cause;
  const errorCode = aborted ? 'ABORTED' : errorCodeOf(cause);
  return new DataConnectionError({ phase: 'bind', errorCode, local, bindCalls: tries, waitedMs }, { cause });
}
