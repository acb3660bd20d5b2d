// The primary's end of its workers' metrics: the newest numbers of each, also of one that does not answer, or is dead.
import type { ChildProcess } from 'node:child_process';
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { FromWorker, ToWorker } from '../worker-messages.ts';
import type { Snapshot } from './process-metrics.ts';

/** Well within the ten seconds that Prometheus waits unless it is told otherwise. */
const ANSWER_WITHIN_MS = 1000;

interface Told {
  readonly worker: ChildProcess;
  snapshot: Snapshot | undefined;
  /** Of a question that is not answered yet; no other is put. */
  asked: number | undefined;
  answered: () => void;
}

export interface Gathered {
  /** One of each worker that has told anything, and one of all that have ended. */
  readonly snapshots: readonly Snapshot[];
  /** Whether each worker answered just now; of one that did not, the numbers are old. */
  readonly answered: ReadonlyMap<number, boolean>;
}

export class WorkerSnapshots {
  readonly #answerWithinMs: number;
  readonly #workers = new Set<Told>();
  /** Sums of those that have ended: what was counted once stays counted. */
  #ended: Snapshot | undefined;
  #questions = 0;
  #gathering: Promise<Gathered> | undefined;

  constructor(answerWithinMs = ANSWER_WITHIN_MS) {
    this.#answerWithinMs = answerWithinMs;
  }

  /** A worker that has called `tellMetrics`, and lives. */
  add(worker: ChildProcess): void {
    const told: Told = { worker, snapshot: undefined, asked: undefined, answered() {} };
    this.#workers.add(told);
    worker.on('message', (message: FromWorker) => {
      if (message.type !== 'metrics') return;
      told.snapshot = message.snapshot; // in the order in which they were made: none is older than the last
      if (message.id === undefined || message.id !== told.asked) return;
      told.asked = undefined;
      told.answered();
    });
    // 'close' comes when the channel has been read to its end: after the worker's last word.
    worker.once('close', () => {
      this.#workers.delete(told);
      told.answered();
      this.#retire(told.snapshot);
    });
  }

  /** Never rejects. Who asks while others do gets the same answer. */
  gather(): Promise<Gathered> {
    this.#gathering ??= this.#gather().finally(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  async #gather(): Promise<Gathered> {
    const asked = [...this.#workers];
    await Promise.all(asked.map((told) => this.#ask(told)));
    const present = [...this.#workers];
    const snapshots = [this.#ended, ...present.map(({ snapshot }) => snapshot)];
    return {
      snapshots: snapshots.filter((one) => one !== undefined),
      answered: new Map(present.map(({ worker, asked }) => [worker.pid ?? 0, asked === undefined])),
    };
  }

  #ask(told: Told): Promise<void> {
    const { worker } = told;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#answerWithinMs);
      told.answered = () => {
        clearTimeout(timer);
        resolve();
      };
      if (told.asked !== undefined) return; // a worker that is stopped is not sent one question after the other
      told.asked = ++this.#questions;
      const question: ToWorker = { type: 'metrics', id: told.asked };
      if (worker.connected) worker.send(question, () => {});
    });
  }

  #retire(snapshot: Snapshot | undefined): void {
    if (snapshot === undefined) return;
    // A gauge tells what is, and of the dead nothing is.
    const counted = snapshot.filter(({ type }) => String(type) !== 'gauge');
    const all = this.#ended === undefined ? [counted] : [this.#ended, counted];
    // An aggregate's metrics hold their values: what `getMetricsAsJSON` would make of them only later.
    this.#ended = registryOf(all).getMetricsAsArray() as unknown as Snapshot;
  }
}

/** Each metric of any of them once, its samples added up by their labels. */
export function registryOf(snapshots: readonly Snapshot[]): Registry {
  return AggregatorRegistry.aggregate([...snapshots]);
}
