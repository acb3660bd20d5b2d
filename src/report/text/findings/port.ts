// Whether several data connections really shared the port at once.
import { contestantsOf } from '../../../plan/contestants.ts';
import type { RunResult } from '../../../result/types.ts';
import { enumerate, formatCount } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

/** One contestant over all scenarios. */
interface Port {
  readonly contestant: string;
  readonly peakSockets: number;
  readonly peakProcesses: number;
}

/** The two maxima need not have been reached at one moment. */
export function overlapFindings(result: RunResult): string[] {
  const shared = portsOf(result).filter(({ peakSockets }) => peakSockets > 1);
  if (shared.length === 0) return [];
  const sockets = shared.map(({ contestant, peakSockets }) => `${formatCount(peakSockets)} (${contestant})`);
  const held = shared.filter(({ peakProcesses }) => peakProcesses > 0);
  const processes = groupBy(held, ({ peakProcesses }) => peakProcesses).map((alike, _, groups) => {
    const names = groups.length === 1 ? '' : ` (${enumerate(alike.map(({ contestant }) => contestant))})`;
    return `${formatCount(alike[0]?.peakProcesses ?? 0)}${names}`;
  });
  const holders = held.length === 0 ? '' : `; most processes that held some at once: ${enumerate(processes)}`;
  return [`Most live sockets on the data port at once: ${enumerate(sockets)}${holders}.`];
}

function portsOf({ strategies, requested }: RunResult): Port[] {
  return contestantsOf(requested).flatMap(({ name: contestant }) => {
    const own = strategies.filter((strategy) => strategy.contestant === contestant);
    if (own.length === 0) return [];
    const peakSockets = Math.max(...own.map((one) => one.peakSockets));
    return [{ contestant, peakSockets, peakProcesses: Math.max(...own.map((one) => one.peakProcesses)) }];
  });
}
