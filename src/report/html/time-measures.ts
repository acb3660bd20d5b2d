// What is drawn over the time of a block: failures, transfers in flight, sockets in TIME_WAIT.
import { formatCount, formatRatio } from '../words/format.ts';
import type { Slices } from './slices.ts';

/** One number of a slice. */
export interface TimeMeasure {
  readonly id: string;
  readonly name: string;
  /** Of the axis. */
  readonly unit: string;
  readonly values: (slices: Slices) => readonly (number | null)[];
  readonly seen: (most: Summit | undefined, where: string) => string;
}

/** Most of it at any time. */
export interface Summit {
  readonly name: string;
  readonly scenario: string;
  readonly value: number;
}

const FAILURES: TimeMeasure = {
  id: 'failures-over-time',
  name: 'Failed transfers a second',
  unit: 'failed transfers per second',
  values: ({ failedPerSecond }) => failedPerSecond,
  seen: (most, where) =>
    most === undefined || most.value === 0
      ? 'No transfer failed at any time'
      : `Failures came at up to ${formatRatio(most.value)} a second (${most.name}${where})`,
};

const IN_FLIGHT: TimeMeasure = {
  id: 'in-flight',
  name: 'Transfers in flight',
  unit: 'transfers in flight',
  values: ({ inFlight }) => inFlight,
  seen: (most, where) => `At most ${formatRatio(most?.value ?? 0)} transfers were in flight at once${where}`,
};

const TIME_WAIT: TimeMeasure = {
  id: 'time-wait',
  name: 'Sockets in TIME_WAIT',
  unit: 'sockets in TIME_WAIT on the data port',
  values: ({ timeWaitSockets }) => timeWaitSockets,
  seen: (most, where) =>
    most === undefined || most.value === 0
      ? 'No socket was left in TIME_WAIT on the data port'
      : `Up to ${formatCount(most.value)} sockets were in TIME_WAIT on the data port (${most.name}${where})`,
};

export const TIME_MEASURES: readonly TimeMeasure[] = [FAILURES, IN_FLIGHT, TIME_WAIT];
