// One block by discrete events: sessions that start transfers, bind, wait and fail, and one port that they contend for.
import type { WaitRange } from '../binder/types.ts';
import type { Random } from '../stats/random.ts';
import { type BatchDraws, batchDraws } from './batches.ts';
import { EventQueue } from './event-queue.ts';
import type { LoadModel, SimulatedBlock, TransferModel } from './model.ts';
import { SimulatedPort } from './port.ts';
import { type Starts, startsOf } from './starts.ts';

/** What a session's next event is: the start of its transfer, a bind, or the transfer's end. */
const START = 0;
const BIND = 1;
const END = 2;

/**
 * Runs the load until its last transfer has ended. The server processes contend for one port, all alike. What happens
 * at one time happens in the order in which it was decided, and nothing varies that the models do not draw: where
 * waits are constant, losers of one moment stay in phase.
 * @throws TooManyEvents
 */
export function simulateBlock(
  load: LoadModel,
  transfer: TransferModel,
  random: Random,
  budget: Budget = { events: Number.POSITIVE_INFINITY },
): SimulatedBlock {
  return new Block(load, transfer, random).run(budget);
}

/** How many events may still be simulated before whoever asks has waited too long. */
export interface Budget {
  events: number;
  /** Of how many blocks at the least: one must not take what all of them have. */
  readonly blocks?: number;
}

/** The budget is used up. */
export class TooManyEvents extends Error {
  override readonly name = 'TooManyEvents';
}

class Block {
  readonly #load: LoadModel;
  readonly #transfer: TransferModel;
  readonly #random: Random;
  readonly #events: EventQueue;
  readonly #port: SimulatedPort;
  readonly #starts: Starts;
  readonly #together: BatchDraws;
  readonly #next: Uint8Array;
  readonly #waits: Uint16Array;
  readonly #isCounted: Uint8Array;
  #started = 0;
  #asked = 0;
  #completed = 0;
  #failed = 0;
  #dropped = 0;
  #steps = 0;

  constructor(load: LoadModel, transfer: TransferModel, random: Random) {
    this.#load = load;
    this.#transfer = transfer;
    this.#random = random;
    this.#starts = startsOf(load, random);
    this.#together = batchDraws(transfer.batches, random);
    this.#events = new EventQueue(this.#starts.participants);
    this.#port = new SimulatedPort(transfer);
    this.#next = new Uint8Array(this.#starts.participants);
    this.#waits = new Uint16Array(load.sessions);
    this.#isCounted = new Uint8Array(load.sessions);
  }

  run(budget: Budget): SimulatedBlock {
    const most = budget.events / (budget.blocks ?? 1);
    this.#starts.begin(this.#events);
    let nowMs = 0;
    while (this.#events.size > 0) {
      const participant = this.#events.pop();
      nowMs = this.#events.atMs(participant);
      this.#step(participant, nowMs);
      this.#steps += 1;
      if (this.#steps > most) throw new TooManyEvents();
    }
    budget.events -= this.#steps;
    return this.#result(nowMs);
  }

  #result(durationMs: number): SimulatedBlock {
    const [completed, failed, dropped] = [this.#completed, this.#failed, this.#dropped];
    const { holds, heldMs } = this.#port;
    const counts = { offered: completed + failed + dropped, completed, failed, dropped };
    return { ...counts, asked: this.#asked, holds, heldMs, durationMs, events: this.#steps };
  }

  #step(participant: number, nowMs: number): void {
    const next = this.#next[participant];
    if (next === START) this.#start(participant, nowMs);
    else if (next === BIND) this.#bind(participant, nowMs);
    else this.#end(participant, nowMs);
  }

  #start(participant: number, nowMs: number): void {
    const { transfers, warmUpMs } = this.#load;
    if (transfers > 0 && this.#started >= transfers) return;
    this.#started += 1;
    const isCounted = nowMs >= warmUpMs;
    const session = this.#starts.sessionFor(participant, this.#events);
    if (session === undefined) {
      if (isCounted) this.#dropped += 1;
      return;
    }
    this.#asked += 1;
    this.#isCounted[session] = isCounted ? 1 : 0;
    this.#waits[session] = 0;
    const draws = this.#together.forStart(session, nowMs);
    const bindAtMs = nowMs + this.#transfer.beforeBindMs(draws);
    this.#schedule(session, BIND, bindAtMs + this.#together.behindOthersMs(session, nowMs));
  }

  #bind(session: number, nowMs: number): void {
    const { holdsPort, waits } = this.#transfer;
    const wait = waits[this.#waits[session] as number];
    if (holdsPort === 'never' || this.#port.isFree(nowMs, this.#events.order(session)))
      this.#run(session, nowMs);
    else if (wait !== undefined) this.#wait(session, wait, nowMs);
    else this.#fail(session, nowMs);
  }

  #run(session: number, nowMs: number): void {
    this.#completed += this.#isCounted[session] as number;
    const endedMs = this.#port.take(nowMs, this.#events.nextOrder, this.#random);
    this.#schedule(session, END, endedMs + this.#transfer.afterMs(this.#random));
  }

  #wait(session: number, { minMs, maxMs }: WaitRange, nowMs: number): void {
    this.#waits[session] = (this.#waits[session] as number) + 1;
    const waitMs = minMs === maxMs ? minMs : minMs + (maxMs - minMs) * this.#random.uniform();
    const dueMs = nowMs + waitMs;
    const oversleepMs = this.#transfer.oversleepMs(this.#together.forWait(session, dueMs));
    this.#schedule(session, BIND, dueMs + oversleepMs);
  }

  #fail(session: number, nowMs: number): void {
    this.#failed += this.#isCounted[session] as number;
    this.#schedule(session, END, nowMs + this.#transfer.afterMs(this.#random));
  }

  #end(session: number, nowMs: number): void {
    this.#next[session] = START;
    this.#starts.ended(session, nowMs, this.#events);
  }

  #schedule(session: number, next: number, atMs: number): void {
    this.#next[session] = next;
    this.#events.push(session, atMs);
  }
}
