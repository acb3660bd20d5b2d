// The truth table: every holder's state × holder's options × new options, asked of this kernel and never stored.

import { createHash } from 'node:crypto';
import type { Endpoint } from '../../address.ts';
import { FfiUnavailableError } from '../../net/libc.ts';
import {
  type Family,
  HOLDER_STATES,
  type HolderState,
  OPTION_SETS,
  type OptionSet,
  type TruthTableCell,
} from '../types.ts';
import { hold, peerFor, portsInState } from './holder.ts';
import { Lab, outcomeOf } from './lab.ts';

/** Cells that are measured together: their holders are in one state and one look at the kernel's table checks them. */
export interface TableSection {
  readonly family: Family;
  readonly state: HolderState;
}

export const TABLE_SECTIONS: readonly TableSection[] = (['IPv4', 'IPv6'] as const).flatMap((family) =>
  HOLDER_STATES.map((state) => ({ family, state })),
);

/** All 192 cells, in some 100 ms; nothing is left behind but TIME_WAIT. @throws FfiUnavailableError, PreflightError */
export function probeTruthTable(): TruthTableCell[] {
  return TABLE_SECTIONS.flatMap(measureSection);
}

/** SHA-256 of the cells, in hex: the same for two kernels that answer alike, whatever their versions. */
export function digestOf(truthTable: readonly TruthTableCell[]): string {
  const lines = truthTable.map((cell) =>
    [cell.family, cell.state, cell.holder, cell.binder, cell.bind].join(' '),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

interface Experiment {
  readonly holder: OptionSet;
  readonly binder: OptionSet;
  /** Its own: what one cell leaves behind must not meet the next. */
  readonly local: Endpoint;
  readonly held: boolean;
}

/** The 16 cells of a section. */
export function measureSection({ family, state }: TableSection): TruthTableCell[] {
  const lab = new Lab();
  try {
    const experiments = setUp(lab, family, state);
    const inState = reached(experiments, state);
    return experiments.map(({ holder, binder, local }) => {
      const bind = inState.has(local.port) ? lab.tryBind(local, binder) : 'not-run';
      return { family, state, holder, binder, bind };
    });
  } finally {
    lab.closeSockets();
  }
}

function setUp(lab: Lab, family: Family, state: HolderState): Experiment[] {
  if (!familyThere(lab, family)) return combinations().map((pair) => ({ ...pair, ...NOWHERE }));
  const { address } = lab.endpoint(family === 'IPv6' ? 6 : 4);
  const peer = peerFor(lab, state, address);
  return combinations().map(({ holder, binder }) => {
    return { holder, binder, ...holdSomewhere(lab, address, { state, options: holder, peer }) };
  });
}

/** A port that was free may be taken by another process before it is bound, on ::1 above all: then it is another. */
function holdSomewhere(
  lab: Lab,
  address: string,
  holding: Omit<Parameters<typeof hold>[1], 'local'>,
): Pick<Experiment, 'local' | 'held'> {
  for (let drawsLeft = DRAWS; ; drawsLeft--) {
    const local = lab.endpointOn(address);
    const outcome = outcomeOf(() => hold(lab, { ...holding, local }));
    if (outcome !== 'EADDRINUSE' || drawsLeft === 1) return { local, held: outcome === 'ok' };
  }
}

const DRAWS = 10;

const NOWHERE = { local: { address: '', port: 0 }, held: false } as const;

function combinations(): { holder: OptionSet; binder: OptionSet }[] {
  return OPTION_SETS.flatMap((holder) => OPTION_SETS.map((binder) => ({ holder, binder })));
}

/** The local ports whose holder is in `state`. */
function reached(experiments: readonly Experiment[], state: HolderState): ReadonlySet<number> {
  const ports = experiments.filter(({ held }) => held).map(({ local }) => local.port);
  const address = experiments[0]?.local.address ?? '';
  return state === 'bound' || ports.length === 0 ? new Set(ports) : portsInState(address, state, ports);
}

/** A kernel without IPv6, or with ::1 switched off, has nothing to measure there. */
function familyThere(lab: Lab, family: Family): boolean {
  const address = family === 'IPv6' ? '::1' : '127.0.0.1';
  return lab.tryBind({ address, port: 0 }, 'none') === 'ok';
}

/** The digest of this kernel's truth table; null where the FFI that it takes is missing. */
export function kernelDigest(): string | null {
  try {
    return digestOf(probeTruthTable());
  } catch (error) {
    if (error instanceof FfiUnavailableError) return null;
    throw error;
  }
}
