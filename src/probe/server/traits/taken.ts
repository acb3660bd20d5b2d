// What the server does when its data port is taken: gives up, takes another, waits, and for how long.
import { type Facts, fixedSource, type ScheduleFacts } from '../facts.ts';
import { type Pattern, patternOf, patternWords, waitsWithin } from './pattern.ts';
import {
  type Conclusion,
  certain,
  inSeconds,
  likely,
  noFixedPort,
  type TraitDefinition,
  unknown,
} from './trait.ts';

const HELD = 'a transfer while the probe held the data port, without options';

export const portTaken: TraitDefinition = {
  id: 'port-taken',
  title: 'When its data port is taken',
  conclude(facts) {
    if (fixedSource(facts) === undefined) return noFixedPort();
    const tried = facts.holds?.tries.none;
    if (tried === undefined) return unknown(facts.notHeld ?? 'not tried');
    switch (tried.kind) {
      case 'connected':
        return certain(`it dials from port ${tried.from.port} instead`, 'other-port', HELD);
      case 'refused':
        return certain(`${tried.replyCode} at once`, 'refused', HELD);
      case 'ended':
        return certain('it ends the session at once', 'session-ended', HELD);
      case 'waited':
        return certain(waitingWords(facts.schedule), 'waits', HELD);
      default:
        return tried satisfies never;
    }
  },
};

const ENDS = {
  ended: () => 'then ends the session without a reply',
  refused: (replyCode = 0) => `then replies ${replyCode}`,
  'refused-and-ended': (replyCode = 0) => `then replies ${replyCode} and ends the session`,
} as const;

function waitingWords(schedule: ScheduleFacts | undefined): string {
  if (schedule === undefined) return 'it waits';
  const { gaveUp, patienceMs } = schedule;
  if (gaveUp === undefined) return `it waits, for more than ${inSeconds(patienceMs)}`;
  return `it waits, gives up after ${inSeconds(gaveUp.afterMs)}, ${ENDS[gaveUp.how](gaveUp.replyCode)}`;
}

export const waits: TraitDefinition = {
  id: 'waits',
  title: 'Waits between its tries',
  conclude(facts) {
    if (fixedSource(facts) === undefined) return noFixedPort();
    const { schedule } = facts;
    if (schedule === undefined) return withoutSchedule(facts, 'none');
    const words = patternWords(patternOf(schedule), schedule);
    return likely(
      words,
      words,
      'the port was given back after one failed bind more each time, and the next one timed',
    );
  },
};

export const tries: TraitDefinition = {
  id: 'tries',
  // Binds that follow each other without a wait look like one from outside: ProFTPD makes some of its ten so.
  title: 'Tries to take its data port, those at once as one',
  conclude(facts) {
    if (fixedSource(facts) === undefined) return noFixedPort();
    const { schedule } = facts;
    if (schedule === undefined) return withoutSchedule(facts, 1);
    const pattern = patternOf(schedule);
    return schedule.gaveUp === undefined
      ? atLeast(pattern, schedule)
      : counted(pattern, schedule, schedule.gaveUp.afterMs);
  },
};

/** A server that does not wait tries once; of one that could not be made to wait nothing is known. */
function withoutSchedule(facts: Facts, value: string | number): Conclusion {
  const tried = facts.holds?.tries.none;
  if (tried === undefined) return unknown(facts.notHeld ?? 'not tried');
  if (tried.kind === 'waited') return unknown('the port was given back, and no connection came');
  return certain(String(value), value, HELD);
}

function atLeast(pattern: Pattern, { patienceMs }: ScheduleFacts): Conclusion {
  const within = waitsWithin(pattern, patienceMs);
  const evidence = `the probe's patience of ${inSeconds(patienceMs)} ended first`;
  const count = within === undefined ? 2 : Math.floor(within) + 1;
  return likely(`at least ${count}`, null, evidence);
}

function counted(pattern: Pattern, schedule: ScheduleFacts, gaveUpMs: number): Conclusion {
  const evidence = `it gave up after ${inSeconds(gaveUpMs)}; the waits between`;
  const { firstWaitsMs, lastWaitIsIdle } = schedule;
  const idle = lastWaitIsIdle ? 1 : 0;
  const within = waitsWithin(pattern, gaveUpMs);
  if (within !== undefined) {
    const count = Math.round(within) + 1 - idle;
    return likely(String(count), count, evidence);
  }
  // One wait only: the second failure is the last.
  if (gaveUpMs < 2 * Math.min(...firstWaitsMs)) return likely('2', 2, evidence);
  return unknown(`${evidence} follow no pattern`);
}

export const noopMeanwhile: TraitDefinition = {
  id: 'noop-meanwhile',
  title: 'Answers NOOP while it waits',
  conclude: (facts) => meanwhile(facts, facts.schedule?.answersNoop, 'NOOP'),
};

export const abortMeanwhile: TraitDefinition = {
  id: 'abort-meanwhile',
  title: 'Answers ABOR while it waits',
  conclude: (facts) => meanwhile(facts, facts.schedule?.answersAbort, 'ABOR, as a plain line,'),
};

function meanwhile(facts: Facts, answers: boolean | undefined, sent: string): Conclusion {
  if (fixedSource(facts) === undefined) return noFixedPort();
  if (answers === undefined) {
    const tried = facts.holds?.tries.none;
    return tried === undefined || tried.kind === 'waited'
      ? unknown(facts.notHeld ?? 'it could not be made to wait')
      : certain('does not apply: it does not wait', null, HELD);
  }
  const evidence = `${sent} sent while the probe held the data port`;
  return answers ? certain('yes', true, evidence) : certain('no, not before its next try', false, evidence);
}
