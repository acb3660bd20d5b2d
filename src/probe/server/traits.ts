// The sheet: every trait in the order in which it is shown. A new one is a definition and a line here.
import type { Trait } from '../types.ts';
import type { Facts } from './facts.ts';
import { connectsAt, reply150, reply200, reply226, replyRefused } from './traits/order.ts';
import { livePort, liveTuple, timeWaitPort, timeWaitTuple } from './traits/overlap.ts';
import { foreignAddress, privilegedPort } from './traits/refusals.ts';
import { reuseOptions } from './traits/reuse.ts';
import { boundAt, sourceAddress, sourcePort } from './traits/source.ts';
import { abortMeanwhile, noopMeanwhile, portTaken, tries, waits } from './traits/taken.ts';
import type { TraitDefinition } from './traits/trait.ts';

const TRAITS: readonly TraitDefinition[] = [
  sourcePort,
  sourceAddress,
  connectsAt,
  boundAt,
  reply200,
  reply150,
  reply226,
  replyRefused,
  portTaken,
  tries,
  waits,
  noopMeanwhile,
  abortMeanwhile,
  reuseOptions,
  livePort,
  liveTuple,
  timeWaitPort,
  timeWaitTuple,
  foreignAddress,
  privilegedPort,
];

export function concludeTraits(facts: Facts): Trait[] {
  return TRAITS.map(({ id, title, conclude }) => ({ id, title, ...conclude(facts) }));
}
