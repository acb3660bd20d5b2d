// Where the data connections came from, and whether several really shared the port at once.
import { contestantsOf } from '../../../plan/contestants.ts';
import type { RunResult } from '../../../result/types.ts';
import { enumerate, formatCount, formatPercent, plural } from '../../words/format.ts';
import { groupBy } from '../../words/group.ts';

/** One contestant over all scenarios. */
interface Port {
  readonly contestant: string;
  readonly dataPort: number;
  /** Whether that is L-1. */
  readonly isDefault: boolean;
  readonly failed: number;
  readonly connected: number;
  readonly fromDefault: number;
  readonly peakSockets: number;
  readonly peakProcesses: number;
}

export function sourcePortFindings(result: RunResult): string[] {
  const ports = portsOf(result).filter(({ connected }) => connected > 0);
  const always = ports.filter(({ connected, fromDefault }) => fromDefault === connected);
  const others = ports.filter(({ connected, fromDefault }) => fromDefault < connected).map(fromElsewhere);
  if (always.length === 0) return others;
  return [`Every data connection of ${enumerate(always.map(nameWithPort))} came from L-1.`, ...others];
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

/** A peer's data port may be set, as Pure-FTPd's is: `pure-ftpd (its port 20)`. */
function nameWithPort({ contestant, dataPort, isDefault }: Port): string {
  return isDefault ? contestant : `${contestant} (its port ${dataPort})`;
}

function fromElsewhere({ contestant, failed, connected, fromDefault }: Port): string {
  const share = `${formatPercent(fromDefault / connected)} of its ${plural(connected, 'data connection')} came from L-1`;
  const elsewhere = connected - fromDefault;
  const lost = fromDefault === 0 ? 'every one of them' : formatCount(elsewhere);
  const but = failed === 0 ? 'no failures, but ' : '';
  return `${contestant}: ${but}${share}: a firewall that admits only that port would have blocked ${lost}.`;
}

function portsOf({ strategies, requested, blocks }: RunResult): Port[] {
  return contestantsOf(requested).flatMap(({ name: contestant }) => {
    const own = strategies.filter((strategy) => strategy.contestant === contestant);
    if (own.length === 0) return [];
    const block = blocks.find((one) => one.contestant === contestant);
    return [
      {
        contestant,
        dataPort: block?.dataPort ?? 0,
        isDefault: block === undefined || block.dataPort === block.server.port - 1,
        failed: sum(own.map(({ failed }) => failed)),
        connected: sum(own.map(({ connected }) => connected)),
        fromDefault: sum(own.map(({ fromDefaultDataPort }) => fromDefaultDataPort)),
        peakSockets: Math.max(...own.map(({ peakSockets }) => peakSockets)),
        peakProcesses: Math.max(...own.map(({ peakProcesses }) => peakProcesses)),
      },
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
