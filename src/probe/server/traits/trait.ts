// What a trait is: a question, and how its answer is concluded from the facts. One object each, no I/O.
import type { Trait } from '../../types.ts';
import type { Facts, Obstructed } from '../facts.ts';
import { fixedSource } from '../facts.ts';

export type Conclusion = Omit<Trait, 'id' | 'title'>;

export interface TraitDefinition {
  /** Stable, for scripts. */
  readonly id: string;
  readonly title: string;
  conclude(facts: Facts): Conclusion;
}

export function certain(found: string, value: Trait['value'], evidence: string): Conclusion {
  return { found, value, confidence: 'certain', evidence };
}

export function likely(found: string, value: Trait['value'], evidence: string): Conclusion {
  return { found, value, confidence: 'likely', evidence };
}

export function unknown(why: string): Conclusion {
  return { found: 'could not be told', value: null, confidence: 'unknown', evidence: why };
}

/** There is nothing to ask: the server has no fixed data port. */
export function noFixedPort(): Conclusion {
  return certain('does not apply: there is no fixed port', null, 'the source port changes');
}

/** `1 s`, `0.5 s`: to a tenth, which is as good as it is measured. */
export function inSeconds(ms: number): string {
  return `${tenths(ms)} s`;
}

export function tenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}

export type ObstructedValue = 'ok' | 'other-port' | 'waits' | 'refused' | 'session-ended';

/** In which of five ways a server met an obstacle. */
export function obstructedValue(tried: Obstructed, facts: Facts): ObstructedValue {
  switch (tried.kind) {
    case 'connected': {
      const source = fixedSource(facts);
      return source === undefined || tried.from.port === source.port ? 'ok' : 'other-port';
    }
    case 'refused':
      return 'refused';
    case 'ended':
      return 'session-ended';
    case 'waited':
      return 'waits';
    default:
      return tried satisfies never;
  }
}

export function obstructedWords(tried: Obstructed, facts: Facts): string {
  switch (tried.kind) {
    case 'connected':
      return obstructedValue(tried, facts) === 'ok'
        ? 'no'
        : `no: it dials from port ${tried.from.port} instead`;
    case 'refused':
      return `yes: ${tried.replyCode} at once${tried.stage === 'port' ? ', to PORT already' : ''}`;
    case 'ended':
      return 'yes: it ends the session';
    case 'waited':
      return 'yes: it waits';
    default:
      return tried satisfies never;
  }
}
