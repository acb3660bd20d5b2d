// How fast the bytes of transfers may move: a rate that one session or all sessions of a user have, each way.
import { type Clock, MAX_TIMER_MS } from '../../clock.ts';

/** What may move at once after a pause, as time at full rate: enough to make up for timers that come late. */
const BURST_MS = 200;

/** Pieces that are waited for: small enough to be even, large enough not to be many. */
const PIECES_A_SECOND = 20;
const MOST_PIECE_BYTES = 64 * 1024;

/**
 * A token bucket that lends: who takes bytes pays for those before it, and waits for nobody behind it. So all that share it
 * get the same, piece by piece, and it holds one number, whatever moves.
 */
class Pace {
  readonly #clock: Clock;
  #bytesPerMs = 0;
  /** Until then what was taken is paid for. */
  #paidUntilMs = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.setRate(bytesPerSecond);
  }

  /** Bytes to move between two waits. */
  get pieceBytes(): number {
    const bytes = Math.round((this.#bytesPerMs * 1000) / PIECES_A_SECOND);
    return Math.min(Math.max(bytes, 1), MOST_PIECE_BYTES);
  }

  setRate(bytesPerSecond: number): void {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** Resolves when `bytes` more may move. Rejects with the signal's reason, and then they are not counted. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const costMs = bytes / this.#bytesPerMs;
    const startMs = Math.max(this.#paidUntilMs, nowMs - BURST_MS);
    this.#paidUntilMs = startMs + costMs;
    // Of its own cost nothing is waited for in advance: that is for whoever comes next.
    const waitMs = startMs - nowMs;
    if (waitMs <= 0) return;
    try {
      await this.#clock.sleep(Math.min(waitMs, MAX_TIMER_MS), signal);
    } catch (error) {
      this.#paidUntilMs -= costMs;
      throw error;
    }
  }
}

/** One transfer under a pace. */
export class Throttle {
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  #waiting = false;

  constructor(pace: Pace, signal: AbortSignal) {
    this.#pace = pace;
    this.#signal = signal;
  }

  /** Whether nothing moves because it must not. */
  get waiting(): boolean {
    return this.#waiting;
  }

  get pieceBytes(): number {
    return this.#pace.pieceBytes;
  }

  /** As of Pace. */
  async take(bytes: number): Promise<void> {
    this.#waiting = true;
    try {
      await this.#pace.take(bytes, this.#signal);
    } finally {
      this.#waiting = false;
    }
  }
}

/** The paces of one session or one user, one for each way. */
export class Paces {
  readonly toClient: Pace;
  readonly fromClient: Pace;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.toClient = new Pace(bytesPerSecond, clock);
    this.fromClient = new Pace(bytesPerSecond, clock);
  }

  setRate(bytesPerSecond: number): void {
    this.toClient.setRate(bytesPerSecond);
    this.fromClient.setRate(bytesPerSecond);
  }
}
