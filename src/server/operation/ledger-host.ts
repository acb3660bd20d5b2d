// The primary's end of its workers' ledger: one count for all of them, so that together they keep to a quota.
import type { ChildProcess } from 'node:child_process';
import type { CountedGrowth, CountedRoot } from '../quota/counted-root.ts';
import type { LocalLedger } from '../quota/local-ledger.ts';
import type { FromLedger, FromWorker, ToLedger } from './worker-messages.ts';

/**
 * What a worker may have beyond what it needs, so that it need not ask for every chunk. That much an upload that runs may
 * keep from another one, on a quota of 512 MiB and more; on smaller ones a 64th of what is left, down to nothing.
 */
const MOST_AHEAD_BYTES = 8 * 1024 * 1024;

/** What one worker is about, by its numbers. */
interface Told {
  readonly growths: Map<number, CountedGrowth>;
  readonly removals: Map<number, (bytes: number) => void>;
}

export class LedgerHost {
  readonly #ledger: LocalLedger;
  readonly #workers = new Set<ChildProcess>();

  constructor(ledger: LocalLedger) {
    this.#ledger = ledger;
  }

  /** Answers this process until it ends; what its uploads were allowed by then counts until the next count. */
  serve(worker: ChildProcess): void {
    const told: Told = { growths: new Map(), removals: new Map() };
    this.#workers.add(worker);
    worker.once('close', () => {
      this.#workers.delete(worker);
      for (const growth of told.growths.values()) growth.abandon();
    });
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'serving') this.#tell(worker, { type: 'counted', roots: this.#ledger.roots });
      else if (message.type === 'quota') this.#hear(worker, told, message);
    });
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }

  #hear(worker: ChildProcess, { growths, removals }: Told, message: ToLedger): void {
    switch (message.what) {
      case 'watch':
        this.#watch(message.root);
        break;
      case 'begin':
        growths.set(message.growth, this.#of(message.root).begin(message.file, MOST_AHEAD_BYTES));
        break;
      case 'ask':
        void this.#answer(worker, growths.get(message.growth), message);
        break;
      case 'end':
        growths.get(message.growth)?.end(message.keptBytes);
        growths.delete(message.growth);
        break;
      case 'freeing':
        removals.set(message.removal, this.#of(message.root).freeing());
        break;
      case 'freed':
        removals.get(message.removal)?.(message.bytes);
        removals.delete(message.removal);
        break;
      default:
        message satisfies never;
    }
  }

  /** The others tell of what they do there, too, from now on. */
  #watch(root: string): void {
    const known = this.#ledger.of(root) !== undefined;
    this.#ledger.watch(root);
    if (known) return;
    for (const worker of this.#workers) this.#tell(worker, { type: 'counted', roots: [root] });
  }

  #of(root: string): CountedRoot {
    return this.#ledger.of(root) ?? this.#begun(root);
  }

  #begun(root: string): CountedRoot {
    this.#watch(root);
    return this.#ledger.of(root) as CountedRoot;
  }

  async #answer(
    worker: ChildProcess,
    growth: CountedGrowth | undefined,
    { question, neededBytes, limitBytes }: Extract<ToLedger, { what: 'ask' }>,
  ): Promise<void> {
    const bytes = (await growth?.ask(neededBytes, limitBytes)) ?? null;
    this.#tell(worker, { type: 'room', question, bytes });
  }

  #tell(worker: ChildProcess, message: FromLedger): void {
    if (worker.connected) worker.send(message, () => {});
  }
}
