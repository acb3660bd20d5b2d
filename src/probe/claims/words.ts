// Words that the observations share: option sets and outcomes as people call them.
import type { OptionSet } from '../types.ts';

export const OPTION_WORDS: Readonly<Record<OptionSet, string>> = {
  none: 'no option',
  addr: 'SO_REUSEADDR',
  port: 'SO_REUSEPORT',
  both: 'both options',
};

/** `no option: EADDRINUSE; SO_REUSEADDR: ok`. */
export function eachOutcome(outcomes: Readonly<Record<string, string>>): string {
  return Object.entries(outcomes)
    .map(([what, outcome]) => `${what}: ${outcome}`)
    .join('; ');
}

/** Whether these are the outcomes that a claim leads one to expect; `refused` stands for EADDRINUSE. */
export function matches(
  outcomes: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, 'ok' | 'refused'>>,
): boolean {
  return Object.entries(expected).every(
    ([what, outcome]) => outcomes[what] === (outcome === 'ok' ? 'ok' : 'EADDRINUSE'),
  );
}
