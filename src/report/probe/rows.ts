// The truth table in few rows: families, holder's states and holder's options that answer alike share one.
import {
  type Family,
  HOLDER_STATES,
  type HolderState,
  OPTION_SETS,
  type OptionSet,
  type TruthTableCell,
} from '../../probe/types.ts';

/** Families with one and the same table. */
export interface FamilyTable {
  readonly families: readonly Family[];
  readonly groups: readonly StateGroup[];
}

/** States of the holder that are all alike. */
export interface StateGroup {
  readonly states: readonly HolderState[];
  readonly rows: readonly HolderRow[];
}

/** The holder's options that are all alike, and what each new set of options gets: `ok`, an errno name, `not-run`. */
export interface HolderRow {
  readonly holders: readonly OptionSet[];
  readonly binds: readonly string[];
}

const FAMILIES: readonly Family[] = ['IPv4', 'IPv6'];

export function mergedTables(cells: readonly TruthTableCell[]): FamilyTable[] {
  const answers = new Map(cells.map((cell) => [keyOf(cell), cell.bind]));
  const present = FAMILIES.filter((family) => cells.some((cell) => cell.family === family));
  const bindOf = (cell: Omit<TruthTableCell, 'bind'>) => answers.get(keyOf(cell)) ?? 'not-run';
  return merged(present, (family) => groupsOf(family, bindOf)).map(([families, groups]) => ({
    families,
    groups,
  }));
}

export const STATE_WORDS: Readonly<Record<HolderState, string>> = {
  bound: 'bound',
  'syn-sent': 'SYN_SENT',
  established: 'ESTABLISHED',
  'fin-wait-2': 'FIN_WAIT2',
  'time-wait': 'TIME_WAIT',
  listen: 'LISTEN',
};

export const OPTION_HEADS: Readonly<Record<OptionSet, string>> = {
  none: 'none',
  addr: 'REUSEADDR',
  port: 'REUSEPORT',
  both: 'both',
};

export function bindWords(bind: string): string {
  return bind === 'not-run' ? 'not run' : bind;
}

type BindOf = (cell: Omit<TruthTableCell, 'bind'>) => string;

function groupsOf(family: Family, bindOf: BindOf): StateGroup[] {
  return merged(HOLDER_STATES, (state) => rowsOf(family, state, bindOf)).map(([states, rows]) => ({
    states,
    rows,
  }));
}

function rowsOf(family: Family, state: HolderState, bindOf: BindOf): HolderRow[] {
  const binds = (holder: OptionSet) => OPTION_SETS.map((binder) => bindOf({ family, state, holder, binder }));
  return merged(OPTION_SETS, binds).map(([holders, row]) => ({ holders, binds: row }));
}

/** The items by what they give, those that give the same together, in the order of the first of each. */
function merged<Item, Value>(
  items: readonly Item[],
  give: (item: Item) => Value,
): [items: Item[], value: Value][] {
  const groups = new Map<string, [Item[], Value]>();
  for (const item of items) {
    const value = give(item);
    const key = JSON.stringify(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [[item], value]);
    else group[0].push(item);
  }
  return [...groups.values()];
}

function keyOf({ family, state, holder, binder }: Omit<TruthTableCell, 'bind'>): string {
  return [family, state, holder, binder].join(' ');
}
