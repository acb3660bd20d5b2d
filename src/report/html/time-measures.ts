// What is drawn over the time of a block: failures, sockets in TIME_WAIT, transfers in flight.
import type { Scenario } from '../../plan/types.ts';
import { formatCount, formatRatio } from '../words/format.ts';
import { between, type Series } from './slices.ts';

/** One number of a slice. */
export interface TimeMeasure {
  readonly id: string;
  readonly name: string;
  /** Of the axis. */
  readonly unit: string;
  readonly series: Series;
  /** Whether a value is of the whole slice and not of a moment. */
  readonly isHeld: boolean;
  /** Whether it could show anything under such a load. */
  readonly tells: (scenario: Scenario) => boolean;
  readonly seen: (most: Summit, where: string) => string;
  /** Stands in place of the drawings where there is none. */
  readonly nothing: string;
}

/** Most of it at any time, on the mean of the blocks, which is what is drawn. */
export interface Summit {
  readonly name: string;
  readonly scenario: string;
  readonly value: number;
}

const FAILURES: TimeMeasure = {
  id: 'failures-over-time',
  name: 'Failed transfers a second',
  unit: 'failed transfers per second',
  series: ({ failed, everyMs }) => failed.map((count) => (count * 1000) / everyMs),
  isHeld: true,
  tells: () => true,
  seen: ({ name, value }, where) =>
    `On the mean of its blocks failures came at up to ${formatRatio(value)} a second (${name}${where})`,
  nothing: 'No transfer failed at any time.',
};

const IN_FLIGHT: TimeMeasure = {
  id: 'in-flight',
  name: 'Transfers in flight',
  unit: 'transfers in flight',
  series: ({ inFlight }) => inFlight,
  isHeld: false,
  // The sessions of a closed load that neither pause nor come and go have one each, whatever happens.
  tells: ({ workload, sessions }) =>
    workload.kind !== 'closed' ||
    workload.thinkTime.kind !== 'fixed' ||
    workload.thinkTime.ms > 0 ||
    workload.stages.some(({ from, to }) => from !== sessions || to !== sessions),
  seen: ({ value }, where) =>
    `On the mean of the blocks at most ${formatRatio(value)} transfers were in flight at once${where}`,
  nothing: 'Transfers in flight are not drawn: each session of a closed load has one all the time.',
};

const TIME_WAIT: TimeMeasure = {
  id: 'time-wait',
  name: 'Sockets in TIME_WAIT',
  unit: 'sockets in TIME_WAIT on the data port',
  series: ({ timeWaitSockets }) => between(timeWaitSockets),
  isHeld: false,
  tells: () => true,
  seen: ({ name, value }, where) =>
    `On the mean of its blocks up to ${formatCount(value)} sockets were in TIME_WAIT on the data port (${name}${where})`,
  nothing:
    'Sockets in TIME_WAIT are not drawn over time: none were left on the data port, or too few blocks were looked at often enough.',
};

/** Those that are often only said come last. */
export const TIME_MEASURES: readonly TimeMeasure[] = [FAILURES, TIME_WAIT, IN_FLIGHT];
