// When simulated transfers start: each session after its last one, or arrivals that take whichever session is idle.
import type { Random } from '../stats/random.ts';
import type { EventQueue } from './event-queue.ts';
import type { ClosedLoad, LoadModel, OpenLoad } from './model.ts';

/** Who starts a transfer is a participant of the event queue: a session by itself, or the source of all arrivals. */
export interface Starts {
  readonly participants: number;
  /** Puts the first starts into the queue. */
  begin(events: EventQueue): void;
  /** Which session runs what `participant` starts now; undefined when none is idle. */
  sessionFor(participant: number, events: EventQueue): number | undefined;
  /** The session's transfer has ended. */
  ended(session: number, nowMs: number, events: EventQueue): void;
}

export function startsOf(load: LoadModel, random: Random): Starts {
  return load.kind === 'closed' ? closedStarts(load, random) : openStarts(load, random);
}

function closedStarts({ sessions, durationMs, thinkMs, activeFromMs }: ClosedLoad, random: Random): Starts {
  const startAfter = (session: number, freeMs: number, events: EventQueue): void => {
    const dueMs = activeFromMs(session, freeMs + thinkMs(random));
    if (dueMs !== undefined && dueMs < durationMs) events.push(session, dueMs);
  };
  return {
    participants: sessions,
    begin(events) {
      for (let session = 0; session < sessions; session++) startAfter(session, 0, events);
    },
    sessionFor: (session) => session,
    ended: startAfter,
  };
}

function openStarts({ sessions, durationMs, arrivalsMs }: OpenLoad, random: Random): Starts {
  const arrivals = arrivalsMs(random)[Symbol.iterator]();
  const idle = Array.from({ length: sessions }, (_, session) => session);
  const source = sessions;
  const nextArrival = (events: EventQueue): void => {
    const { value, done } = arrivals.next();
    if (!done && value < durationMs) events.push(source, value);
  };
  return {
    participants: sessions + 1,
    begin: nextArrival,
    sessionFor(_, events) {
      nextArrival(events);
      return idle.pop();
    },
    ended(session) {
      idle.push(session);
    },
  };
}
