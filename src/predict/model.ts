// What a simulation is made of: how a transfer takes and holds the port, and when transfers start.
import type { PortHold, WaitRange } from '../binder/types.ts';
import type { Random } from '../stats/random.ts';

/** A source of numbers 0 ≤ u < 1. */
export type Draws = Pick<Random, 'uniform'>;

/** Draws one duration in milliseconds, by one number. */
export type Sampler = (draws: Draws) => number;

/**
 * Server processes, and how long a moment is in which what they do goes together. A process reads the commands of one
 * moment in one go and ends their waits in one go: losers of one moment stay in phase for a whole schedule.
 */
export interface Batches {
  readonly processes: number;
  readonly lengthMs: number;
}

/** A transfer: before the bind, binds and waits, the window from bind to connect, the transfer, what comes after. */
export interface TransferModel {
  readonly holdsPort: PortHold;
  /** Between the binds; one more bind than there are waits. */
  readonly waits: readonly WaitRange[];
  readonly beforeBindMs: Sampler;
  readonly windowMs: Sampler;
  readonly holdAfterConnectMs: Sampler;
  /** After the server's end of the data connection, and after the last failed bind. The session is busy until then. */
  readonly afterMs: Sampler;
  /** By how much one wait is longer than scheduled. */
  readonly oversleepMs: Sampler;
  /** 0 where the client closes first. */
  readonly timeWaitMs: Sampler;
  /** Null: every duration is drawn by itself. */
  readonly batches: Batches | null;
}

interface LoadLimits {
  /** No more transfers than these run at once. */
  readonly sessions: number;
  /** No transfer starts at this time or later; those that run are finished. */
  readonly durationMs: number;
  /** What starts before is run and not counted. */
  readonly warmUpMs: number;
  /** Transfers at the most, those of the warm-up included; 0 for no limit. */
  readonly transfers: number;
}

export interface ClosedLoad extends LoadLimits {
  readonly kind: 'closed';
  /** Before each transfer of a session. */
  readonly thinkMs: (random: Random) => number;
  /** The earliest time from `atMs` on at which session 0, 1, … is active; undefined when it never is again. */
  readonly activeFromMs: (session: number, atMs: number) => number | undefined;
}

/** An arrival that finds no idle session is dropped. Bursts are arrivals at one time. */
export interface OpenLoad extends LoadLimits {
  readonly kind: 'open';
  /** Ascending, from the start of the block. */
  readonly arrivalsMs: (random: Random) => Iterable<number>;
}

export type LoadModel = ClosedLoad | OpenLoad;

/** What one block came to; offered = completed + failed + dropped. */
export interface SimulatedBlock {
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  /** Transfers that asked for the port, those of the warm-up included. */
  readonly asked: number;
  /** Holds of the port, and their length together. */
  readonly holds: number;
  readonly heldMs: number;
  /** From the start to the end of the last transfer. */
  readonly durationMs: number;
  /** Steps that were simulated: what it cost. */
  readonly events: number;
}
