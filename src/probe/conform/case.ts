// What a case is: data. Steps that a client takes, each with the bytes that it sends and what must come of it.
import type { CaseVerdict } from '../types.ts';
import type { Talk } from './talk.ts';

/** What a case cannot do without. `folder`: the server takes uploads; `file`: there is one to fetch. */
export type Need = 'folder' | 'file' | 'loopback' | 'ipv4' | 'abuse';

export interface ConformCase {
  /** Stable, for scripts: `theme-what`. */
  readonly id: string;
  readonly title: string;
  /** `RFC 959 5.4`, or `owner/repository#number` of the public report. */
  readonly clause: string;
  readonly needs?: readonly Need[];
  /** Logged in, binary and in the folder of the run before the first step, unless `no`. */
  readonly login?: 'no';
  readonly steps: readonly Step[];
}

export interface Step {
  /** The bytes, escaped; empty where nothing is sent. */
  readonly sends: string;
  /** Empty where nothing is judged. */
  readonly expects: string;
  run(talk: Talk): Promise<Seen>;
}

export interface Seen {
  readonly verdict: CaseVerdict;
  /** For the transcript; empty for what need not be told. */
  readonly seen: string;
  /** The steps behind it would say nothing. */
  readonly last?: boolean;
}

export const FINE: Seen = { verdict: 'conforms', seen: '' };

const WEIGHTS: readonly CaseVerdict[] = ['conforms', 'tolerable', 'breaks', 'not-run'];

export function worst(verdicts: readonly CaseVerdict[]): CaseVerdict {
  return verdicts.reduce((a, b) => (WEIGHTS.indexOf(b) > WEIGHTS.indexOf(a) ? b : a), 'conforms');
}
