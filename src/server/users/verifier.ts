// Checks passwords beside the event loop, on one thread of its own, so that sessions and files do not wait for hashes.
import { Worker } from 'node:worker_threads';
import { closingError } from '../closing.ts';
import type { PasswordHash, Scheme } from './hash.ts';
import type { VerifierAnswer, VerifierRequest } from './verifier-thread.ts';

const THREAD = new URL('./verifier-thread.js', import.meta.url);

type Request = VerifierRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;

interface Task {
  readonly request: Request;
  readonly resolve: (result: boolean | number) => void;
  readonly reject: (error: Error) => void;
  /** Nobody waits for it any more. */
  readonly dropped: () => boolean;
}

/**
 * One thread, not libuv's pool: scrypt there would take the threads that read and write files. It is started by the first
 * check. Whose turn it is goes round by client address, so that one that guesses in hundreds of sessions at once keeps
 * another waiting for one check, not for hundreds.
 */
export class Verifier {
  readonly #waiting = new Map<string, Task[]>();
  #thread: Worker | undefined;
  #running: Task | undefined;
  #id = 0;
  #closed = false;

  /**
   * @param password byte string. @param client whose turn it takes
   * @param signal aborted when nobody wants to know any more: then it may never settle
   * @throws an error with `code` ECANCELED when this is closed before
   */
  async verify(hash: PasswordHash, password: string, client: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#ask({ type: 'verify', hash, password }, client, () => signal.aborted)) === true;
  }

  /** How long a check of one unit takes here, in milliseconds. */
  async msPerUnit(scheme: Scheme): Promise<number> {
    return Number(await this.#ask({ type: 'time', scheme }, '', () => false));
  }

  /** What is not checked yet never is: whoever waits for it hears so. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#waiting.values()].flat();
    const left = this.#running === undefined ? waiting : [this.#running, ...waiting];
    this.#waiting.clear();
    this.#running = undefined;
    for (const task of left) task.reject(closingError());
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  #ask(request: Request, client: string, dropped: () => boolean): Promise<boolean | number> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closingError());
      const queue = this.#waiting.get(client) ?? [];
      this.#waiting.set(client, queue);
      queue.push({ request, resolve, reject, dropped });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const task = this.#take();
    if (task === undefined) return;
    this.#running = task;
    const message: VerifierRequest = { ...task.request, id: ++this.#id };
    const thread = this.#started();
    thread.ref(); // at the start nothing else holds the process
    thread.postMessage(message);
  }

  /** The first of the client whose turn it is, who goes to the end of the round. */
  #take(): Task | undefined {
    for (const [client, queue] of this.#waiting) {
      const task = queue.shift();
      this.#waiting.delete(client);
      if (queue.length > 0) this.#waiting.set(client, queue);
      if (task !== undefined && !task.dropped()) return task;
    }
    return undefined;
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(THREAD, { stdout: false, stderr: false, execArgv: [] });
    thread.on('message', (answer: VerifierAnswer) => this.#answered(answer));
    thread.on('error', (error) => this.#lost(thread, error));
    thread.on('exit', (status) => this.#lost(thread, new Error(`ended with status ${status}`)));
    this.#thread = thread;
    return thread;
  }

  #answered(answer: VerifierAnswer): void {
    if (answer.id !== this.#id) return;
    const task = this.#running;
    this.#running = undefined;
    if ('error' in answer) task?.reject(new Error(`a password could not be checked: ${answer.error}`));
    else task?.resolve(answer.result);
    this.#thread?.unref();
    this.#next();
  }

  /** Out of memory, most likely: what it was at has failed, and the next check gets a new thread. */
  #lost(thread: Worker, error: Error): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    const task = this.#running;
    this.#running = undefined;
    task?.reject(new Error(`a password could not be checked: ${error.message}`));
    if (!this.#closed) this.#next();
  }
}
