// The local ports that passive data connections may have: any free one, or those of a range from a random start.
import { randomInt } from 'node:crypto';
import { type Endpoint, formatEndpoint } from '../../address.ts';

/** Both ends included. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** Ports of others that one PASV meets: with more of them in a row its client is not kept waiting. */
const MOST_TRIES = 256;

export function formatPortRange({ low, high }: PortRange): string {
  return low === high ? String(low) : `${low}-${high}`;
}

/** Those of one process: it knows which it has itself, and finds out about others by trying. */
export class PassivePorts {
  readonly range: PortRange | undefined;
  readonly #taken = new Set<string>();

  constructor(range: PortRange | undefined) {
    this.range = range;
  }

  /** Ports to listen on, one after the other until one is free; 0 for any. */
  *toTry(address: string): Generator<number> {
    if (this.range === undefined) return yield 0;
    const { low, high } = this.range;
    const size = high - low + 1;
    // Random, not the next one: who can tell the port may come before its client (RFC 2577 §2).
    const start = randomInt(size);
    for (let step = 0, tries = 0; step < size && tries < MOST_TRIES; step++) {
      const port = low + ((start + step) % size);
      if (this.#taken.has(formatEndpoint({ address, port }))) continue;
      tries++;
      yield port;
    }
  }

  /** @returns how to say that nobody listens on it any more; may be called again */
  take(endpoint: Endpoint): () => void {
    const place = formatEndpoint(endpoint);
    this.#taken.add(place);
    return () => void this.#taken.delete(place);
  }
}
