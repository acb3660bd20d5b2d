// A claim about sockets as data: the sentence, the experiment in one sentence, and the calls that put it to the test.
import type { Lab } from './kernel/lab.ts';
import type { ClaimVerdict } from './types.ts';

export interface Claim {
  /** Stable, for scripts: `time-wait-bind`. */
  readonly id: string;
  readonly claim: string;
  readonly experiment: string;
  /** Opens everything through the lab, which ends it. @throws NotRun where this host lacks something */
  run(lab: Lab): Observation | Promise<Observation>;
}

export interface Observation {
  /** What this kernel did, in words. */
  readonly observed: string;
  readonly verdict: ClaimVerdict;
}

/** `holds` when it does. */
export function verdictOf(holds: boolean): ClaimVerdict {
  return holds ? 'holds' : 'does-not-hold';
}
