// Whether a first transfer stands in the way of a second: alive, or in TIME_WAIT.
import type { Facts, OverlapFacts } from '../facts.ts';
import { certain, obstructedValue, obstructedWords, type TraitDefinition, unknown } from './trait.ts';

const LIVE = "a second session's transfer while the client kept the first connection open";
const TIME_WAIT = "another transfer when the first connection was in the server's TIME_WAIT";

function blocks(id: string, title: string, which: keyof OverlapFacts, evidence: string): TraitDefinition {
  return {
    id,
    title,
    conclude(facts: Facts) {
      const tried = facts.overlap[which];
      if (tried === undefined) return unknown('the first connection did not come into that state');
      return certain(obstructedWords(tried, facts), obstructedValue(tried, facts), evidence);
    },
  };
}

export const livePort = blocks(
  'live-port',
  'A transfer that runs blocks one to another client port',
  'livePort',
  LIVE,
);
export const liveTuple = blocks(
  'live-tuple',
  'A transfer that runs blocks one to the same client port',
  'liveTuple',
  LIVE,
);
export const timeWaitPort = blocks(
  'time-wait-port',
  'TIME_WAIT blocks a transfer to another client port',
  'timeWaitPort',
  TIME_WAIT,
);
export const timeWaitTuple = blocks(
  'time-wait-tuple',
  'TIME_WAIT blocks a transfer to the same client port',
  'timeWaitTuple',
  TIME_WAIT,
);
