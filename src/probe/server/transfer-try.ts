// One try of a transfer in active mode, step by step or in one go, and how it went.

import { announcement } from '../../client/announcement.ts';
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import type { Arrival, Catcher } from './catcher.ts';
import type { Scope } from './scope.ts';
import { type ProbeSession, type ServerTarget, STEP_MS } from './session.ts';

/** How a try went: `stage` is the command that was being carried out, `afterMs` counts from when it was sent. */
export type TryOutcome =
  | { readonly kind: 'connected'; readonly arrival: Arrival; readonly stage: Stage; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly replyCode: number; readonly stage: Stage; readonly afterMs: number }
  | { readonly kind: 'ended'; readonly stage: Stage; readonly afterMs: number };
export type Stage = 'port' | 'transfer';

/** PORT (or EPRT) and a transfer command, step by step or in one go. */
export class TransferTry {
  /** Reply codes to PORT and to the transfer command, as far as they were read. */
  readonly replyCodes: Record<Stage, number[]> = { port: [], transfer: [] };
  readonly #session: ProbeSession;
  readonly #catcher: Catcher;
  readonly #scope: Scope;
  readonly #known: number;
  #stage: Stage = 'port';
  #sentAtMs = 0;
  readonly #command: string;

  constructor(session: ProbeSession, catcher: Catcher, scope: Scope, target: ServerTarget) {
    this.#session = session;
    this.#catcher = catcher;
    this.#scope = scope;
    this.#known = catcher.arrivals.length;
    this.#command = target.path === undefined ? 'LIST' : `RETR ${target.path}`;
  }

  /** The data connection of this try. */
  get arrival(): Arrival | undefined {
    return this.#catcher.arrivals[this.#known];
  }

  announce(): void {
    this.#session.send(announcement(undefined, this.#catcher.local));
    this.#sentAtMs = systemClock.nowMs();
  }

  /** The reply code to PORT. @throws PreflightError when there is none, or a refusal */
  async accepted(): Promise<void> {
    const reply = await this.#session.next(STEP_MS);
    if (reply !== undefined) this.replyCodes.port.push(reply.replyCode);
    if (reply === undefined || reply.replyCode >= 300) {
      throw new PreflightError(`the server refuses active mode: ${reply?.text ?? 'no reply to PORT'}`);
    }
  }

  transfer(): void {
    this.#stage = 'transfer';
    this.#session.send(this.#command);
    this.#sentAtMs = systemClock.nowMs();
  }

  /** Waits up to `ms` milliseconds for a connection, a refusal or the end; sends the transfer command after PORT. */
  outcome(ms: number): Promise<TryOutcome | undefined> {
    return this.#scope.until(() => this.look(), ms);
  }

  /** The final reply code to the transfer, when it comes within `ms` milliseconds. */
  final(ms: number): Promise<number | undefined> {
    return this.#scope.until(() => {
      for (let reply = this.#session.take(); reply; reply = this.#session.take()) {
        this.replyCodes.transfer.push(reply.replyCode);
      }
      return this.replyCodes.transfer.find((code) => code >= 200);
    }, ms);
  }

  /** Reads what came so far; undefined while nothing is decided. */
  look(): TryOutcome | undefined {
    const { arrival } = this;
    if (arrival !== undefined) {
      return { kind: 'connected', arrival, stage: this.#stage, afterMs: arrival.atMs - this.#sentAtMs };
    }
    for (let reply = this.#session.take(); reply; reply = this.#session.take()) {
      const { replyCode, atMs } = reply;
      const stage = this.#stage;
      this.replyCodes[stage].push(replyCode);
      if (replyCode >= 400) return { kind: 'refused', replyCode, stage, afterMs: atMs - this.#sentAtMs };
      if (stage === 'port') this.transfer();
    }
    const { endedAtMs } = this.#session;
    if (endedAtMs === undefined) return undefined;
    return { kind: 'ended', stage: this.#stage, afterMs: endedAtMs - this.#sentAtMs };
  }
}
