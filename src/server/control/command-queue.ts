// The commands of one session, one at a time and in order; only ABOR and STAT overtake, while a transfer runs.
import type { Command } from '../../ftp/command-line.ts';

/** What a pipelining client may have waiting; far more than any client sends ahead. */
const MAX_WAITING = 256;

/** A command, or the place of one that was too long to be read and must be refused in its turn. */
export type Queued = Command | 'overlong';

export interface CommandQueueHooks {
  /** Runs one command to its end. Must not throw. */
  run(command: Queued): Promise<void>;
  /** Whether this command keeps the session busy long enough to be interrupted. */
  isTransfer(command: Command): boolean;
  /** Whether this command is answered at once while a transfer runs. */
  isAside(command: Command): boolean;
  /** Ends the transfer that runs; `run` is to return soon. */
  interrupt(): void;
  /** QUIT waits behind the transfer that runs. */
  quitWaits(): void;
  /** More commands are waiting than any client needs. */
  onFlood(): void;
}

export class CommandQueue {
  readonly #hooks: CommandQueueHooks;
  #waiting: Queued[] = [];
  #running: Promise<void> | undefined;
  #transferring = false;
  #finishing = false;
  #closed = false;

  constructor(hooks: CommandQueueHooks) {
    this.#hooks = hooks;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  push(command: Queued): void {
    if (this.#closed) return;
    this.#waiting.push(command);
    if (this.#waiting.length > MAX_WAITING) this.#hooks.onFlood();
    else if (this.#running === undefined) this.#running = this.#drain();
    else this.#overtake();
  }

  /** What was sent ahead is not obeyed. */
  forget(): void {
    this.#waiting = [];
  }

  /** Forgets what waits, and ends the transfer that runs. Resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    if (this.#transferring) this.#hooks.interrupt();
    await this.#running;
  }

  /** Begins no other command; what belongs to the transfer that runs is still obeyed. Resolves when nothing runs any more. */
  async finish(): Promise<void> {
    this.#finishing = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#transferring = next !== 'overlong' && this.#hooks.isTransfer(next);
      const running = this.#hooks.run(next);
      this.#overtake();
      await running;
      this.#transferring = false;
    }
    this.#running = undefined;
  }

  #next(): Queued | undefined {
    // ABOR has its own reply behind the 426 of the transfer that it ended.
    if (this.#finishing && this.#find('ABOR') !== 0) return undefined;
    return this.#waiting.shift();
  }

  /**
   * RFC 959 §4.1.3: ABOR must be obeyed while a transfer is in progress. It moves to the head of the queue and the
   * transfer is ended: its own reply, 426, goes out first, then the one to ABOR.
   *
   * RFC 959 §4.1.1, QUIT: "If file transfer is in progress, the connection will remain open for result response and
   * the server will then close it." So it keeps its turn; but where the port is waited for, nothing is in progress yet.
   */
  #overtake(): void {
    if (!this.#transferring) return;
    this.#answerAsides();
    const abor = this.#find('ABOR');
    if (abor !== -1) {
      this.#waiting.unshift(...this.#waiting.splice(abor, 1));
      this.#hooks.interrupt();
    } else if (this.#find('QUIT') !== -1) {
      this.#hooks.quitWaits();
    }
  }

  /**
   * RFC 959 §4.1.3: STAT may be sent during a transfer, and is answered with its status. Behind another command it keeps
   * its turn: who sends ahead counts on the order of replies.
   */
  #answerAsides(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next === 'overlong' || !this.#hooks.isAside(next)) return;
      this.#waiting.shift();
      void this.#hooks.run(next);
    }
  }

  #find(verb: string): number {
    return this.#waiting.findIndex((one) => one !== 'overlong' && one.verb === verb);
  }
}
