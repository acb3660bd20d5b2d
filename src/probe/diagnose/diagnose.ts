// Why active transfers from a server fail here: a few of every kind, and the cause that fits what came of them.
import type { ServerTarget } from '../server/session.ts';
import type { Diagnosis } from '../types.ts';
import type { Cause } from './causes/cause.ts';
import { CAUSES, unexplained } from './causes/index.ts';
import type { DiagnosisFacts } from './facts.ts';
import { gather } from './gather.ts';

export interface DiagnoseOptions {
  /** Ends it at once; the promise rejects with its reason, and nothing stays open. */
  readonly signal?: AbortSignal;
  /** Told what is being tried, in words. */
  readonly onProgress?: (what: string) => void;
}

/**
 * Makes 20 tiny transfers at the most, 30 with TLS. Seconds where they work, three minutes where nothing is answered.
 * @throws PreflightError where the server cannot be reached, or refuses the login
 */
export async function diagnoseServer(
  target: ServerTarget,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { signal, onProgress = () => {} } = options;
  return conclude(await gather({ target, signal, onProgress }));
}

/** What the facts tell, by themselves. */
export function conclude(facts: DiagnosisFacts): Diagnosis {
  const thatFit = (causes: readonly Cause[]) =>
    causes.map((cause) => cause(facts)).filter((found) => found !== undefined);
  const known = thatFit(CAUSES);
  const findings = known.length > 0 ? known : thatFit([unexplained]);
  return { formatVersion: 1, server: facts.server, transfers: facts.transfers.length, findings };
}
