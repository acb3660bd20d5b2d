// What a cause is: looks at the facts, and says whether it fits them, with its evidence. No I/O.
import { formatEndpoint } from '../../../address.ts';
import type { DiagnosisFinding } from '../../types.ts';
import type { DiagnosisFacts, TransferFact } from '../facts.ts';

export type Cause = (facts: DiagnosisFacts) => DiagnosisFinding | undefined;

/** `PORT to 10.0.0.1:4711 → 425 Can't build … after 10012 ms`. */
export function told(fact: TransferFact): string {
  const where = fact.announced === undefined ? '' : ` ${formatEndpoint(fact.announced)}`;
  const from = fact.from === undefined ? '' : `, a connection from port ${fact.from.port}`;
  const said = fact.text ?? (fact.result === 'ended' ? 'the session ends' : 'no reply');
  return `${fact.way}${where} → ${said.slice(0, 110)}${from} after ${fact.afterMs} ms`;
}

export function share(some: readonly unknown[], all: readonly unknown[], what: string): string {
  return `${some.length} of ${all.length} ${what}`;
}
