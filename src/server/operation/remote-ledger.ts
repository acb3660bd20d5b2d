// A worker's ledger, which its primary keeps: asked over the channel between them.
import type { GrowingFile, Growth, Ledger, RootUsage } from '../quota/ledger.ts';
import type { FromLedger, QuotaMessage } from './worker-messages.ts';

/** Needs the channel of child_process.fork. */
export class RemoteLedger implements Ledger {
  readonly #roots = new Map<string, RootUsage>();
  /** By number. */
  readonly #questions = new Map<number, (bytes: number | undefined) => void>();
  #numbers = 0;

  constructor() {
    process.on('message', (message: FromLedger) => {
      if (message.type === 'counted') for (const root of message.roots) this.#add(root);
      else if (message.type === 'room') this.#answer(message.question, message.bytes ?? undefined);
    });
    process.once('disconnect', () => void this.close());
  }

  watch(root: string): void {
    this.#add(root);
    tell({ what: 'watch', root });
  }

  of(root: string): RootUsage | undefined {
    return this.#roots.get(root);
  }

  async close(): Promise<void> {
    for (const question of this.#questions.keys()) this.#answer(question, undefined);
  }

  #add(root: string): void {
    if (this.#roots.has(root)) return;
    this.#roots.set(root, {
      begin: (file) => this.#begin(root, file),
      freeing: () => this.#freeing(root),
    });
  }

  #begin(root: string, file: GrowingFile): Growth {
    const growth = ++this.#numbers;
    tell({ what: 'begin', root, growth, file: { inode: file.inode, sizeBytes: file.sizeBytes } });
    return {
      ask: (neededBytes, limitBytes) =>
        new Promise((resolve) => {
          const question = ++this.#numbers;
          this.#questions.set(question, resolve);
          tell({ what: 'ask', growth, question, neededBytes, limitBytes });
          if (!process.connected) this.#answer(question, undefined);
        }),
      end: (keptBytes) => tell({ what: 'end', growth, keptBytes }),
    };
  }

  #freeing(root: string): (bytes: number) => void {
    const removal = ++this.#numbers;
    tell({ what: 'freeing', root, removal });
    return (bytes) => tell({ what: 'freed', removal, bytes });
  }

  #answer(question: number, bytes: number | undefined): void {
    this.#questions.get(question)?.(bytes);
    this.#questions.delete(question);
  }
}

function tell(message: QuotaMessage): void {
  if (process.connected) process.send?.({ type: 'quota', ...message }, undefined, {}, () => {});
}
