// A worker's ledger, which its primary keeps: asked over the channel between them.
import { closingError } from '../closing.ts';
import type { GrowingFile, Growth, Ledger, RootUsage } from '../quota/ledger.ts';
import type { FromLedger, QuotaMessage } from './worker-messages.ts';

interface Question {
  resolve(bytes: number | undefined): void;
  reject(error: Error): void;
}

/** Needs the channel of child_process.fork. */
export class RemoteLedger implements Ledger {
  readonly #roots = new Map<string, RootUsage>();
  /** By number. */
  readonly #questions = new Map<number, Question>();
  #numbers = 0;

  constructor() {
    process.on('message', (message: FromLedger) => {
      if (message.type === 'counted') for (const root of message.roots) this.#add(root);
      else if (message.type === 'room') this.#take(message.question)?.resolve(message.bytes ?? undefined);
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
    for (const question of this.#questions.keys()) this.#giveUp(question);
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
        new Promise((resolve, reject) => {
          const question = ++this.#numbers;
          this.#questions.set(question, { resolve, reject });
          tell({ what: 'ask', growth, question, neededBytes, limitBytes });
          if (!process.connected) this.#giveUp(question);
        }),
      end: (keptBytes) => tell({ what: 'end', growth, keptBytes }),
    };
  }

  #freeing(root: string): (bytes: number) => void {
    const removal = ++this.#numbers;
    tell({ what: 'freeing', root, removal });
    return (bytes) => tell({ what: 'freed', removal, bytes });
  }

  #giveUp(question: number): void {
    this.#take(question)?.reject(closingError());
  }

  #take(question: number): Question | undefined {
    const asked = this.#questions.get(question);
    this.#questions.delete(question);
    return asked;
  }
}

function tell(message: QuotaMessage): void {
  if (process.connected) process.send?.({ type: 'quota', ...message }, undefined, {}, () => {});
}
