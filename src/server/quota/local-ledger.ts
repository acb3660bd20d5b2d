// The ledger of one process, which counts by itself: of a server that is alone, or of the primary for its workers.
import type { Clock } from '../../clock.ts';
import type { Links } from '../../net/tree/types.ts';
import { CountedRoot } from './counted-root.ts';
import type { Ledger } from './ledger.ts';

export class LocalLedger implements Ledger {
  readonly #links: Links;
  readonly #clock: Clock;
  readonly #roots = new Map<string, CountedRoot>();
  readonly #closing = new AbortController();

  constructor(links: Links, clock: Clock) {
    this.#links = links;
    this.#clock = clock;
  }

  get roots(): readonly string[] {
    return [...this.#roots.keys()];
  }

  watch(root: string): void {
    if (!this.#roots.has(root)) {
      const { signal } = this.#closing;
      this.#roots.set(root, new CountedRoot({ root, links: this.#links, clock: this.#clock, signal }));
    }
    this.#roots.get(root)?.watch();
  }

  of(root: string): CountedRoot | undefined {
    return this.#roots.get(root);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#roots.values()].map((root) => root.idle()));
  }
}
