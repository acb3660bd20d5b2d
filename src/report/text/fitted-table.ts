// A table that fits the width: cells of text are broken between words, and columns without room go into a second table.
import Table from 'cli-table3';
import { wrap } from './wrap.ts';

export interface FittedColumn {
  /** One or two lines. */
  readonly head: string;
  readonly align: 'left' | 'right';
  /** What names the row: repeated in each of the tables. */
  readonly isKey?: boolean;
  /** Its cells are text that may be broken between words. */
  readonly flows?: boolean;
  /** Columns of one group that follow each other stay in one table, if they fit into one. */
  readonly group?: string;
  /** One a row, without colour; may be of several lines. */
  readonly cells: readonly string[];
  /** Colours the finished text of a cell, or does not. */
  readonly paint?: (text: string, row: number) => string;
}

/** To this a column of text may be narrowed. */
const NARROWEST_TEXT = 12;
const GAP = 2;

/** One table, or one below the other until every column has had its place. `paintHead` colours the finished heads. */
export function fittedTables(
  columns: readonly FittedColumn[],
  width: number,
  paintHead: (text: string) => string = (text) => text,
): string {
  const tables = tablesOf(columns, width).map((own) => printed(own, width, paintHead));
  // Between two of them one rule is enough.
  return tables
    .map((table, i) => (i === tables.length - 1 ? table : table.slice(0, table.lastIndexOf('\n'))))
    .join('\n');
}

/** Which columns stand together, in their order. */
function tablesOf(columns: readonly FittedColumn[], width: number): FittedColumn[][] {
  const keys = columns.filter(({ isKey }) => isKey === true);
  const tables: FittedColumn[][] = [];
  let current: FittedColumn[] = [];
  const withKeys = (own: readonly FittedColumn[]) =>
    columns.filter((column) => column.isKey === true || own.includes(column));
  const place = (group: readonly FittedColumn[]) => {
    if (fits(withKeys([...current, ...group]), width)) current.push(...group);
    else if (group.length > 1 && !fits(withKeys(group), width)) for (const one of group) place([one]);
    else {
      if (current.length > 0) tables.push(current);
      current = [...group];
    }
  };
  for (const group of groupsOf(columns)) place(group);
  const all = current.length > 0 || keys.length > 0 ? [...tables, current] : tables;
  return all.map(withKeys);
}

function groupsOf(columns: readonly FittedColumn[]): FittedColumn[][] {
  const groups: FittedColumn[][] = [];
  for (const column of columns.filter(({ isKey }) => isKey !== true)) {
    const last = groups.at(-1);
    if (last !== undefined && column.group !== undefined && last[0]?.group === column.group)
      last.push(column);
    else groups.push([column]);
  }
  return groups;
}

function fits(columns: readonly FittedColumn[], width: number): boolean {
  return widthOf(narrowedTo(columns, width)) <= width;
}

/** The widths, columns of text made narrower, the widest first, as far as it takes. */
function narrowedTo(columns: readonly FittedColumn[], width: number): number[] {
  const widths = columns.map(naturalWidth);
  for (let over = widthOf(widths) - width; over > 0; over--) {
    const places = columns.flatMap(({ flows }, i) =>
      flows === true && (widths[i] ?? 0) > NARROWEST_TEXT ? [i] : [],
    );
    const widest = places.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), places[0] ?? -1);
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}

function naturalWidth({ head, cells }: FittedColumn): number {
  return Math.max(...[head, ...cells].flatMap((text) => text.split('\n')).map(({ length }) => length));
}

function printed(
  columns: readonly FittedColumn[],
  width: number,
  paintHead: (text: string) => string,
): string {
  const widths = narrowedTo(columns, width);
  const broken = (text: string, i: number) => brokenTo(text, widths[i] ?? width);
  const table = ruledTable(
    columns.map(({ head }, i) => paintHead(broken(head, i))),
    columns.map(({ align }) => align),
  );
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  for (let row = 0; row < rows; row++) {
    table.push(
      columns.map(({ cells, paint }, i) => {
        const text = broken(cells[row] ?? '', i);
        return paint === undefined ? text : paint(text, row);
      }),
    );
  }
  return table.toString().replace(/ +$/gm, '');
}

function brokenTo(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (line.length <= width ? line : wrap(line, width, '')))
    .join('\n');
}

/** Rules and spaces only, in the manner of a printed table. */
function ruledTable(head: readonly string[], aligns: readonly FittedColumn['align'][]): Table.Table {
  const rule = { top: '─', 'top-mid': '──', mid: '─', 'mid-mid': '──', bottom: '─', 'bottom-mid': '──' };
  const edges = { 'top-left': '', 'top-right': '', 'left-mid': '', 'right-mid': '', 'bottom-left': '' };
  return new Table({
    head: [...head],
    colAligns: [...aligns],
    rowAligns: ['bottom'],
    chars: { ...rule, ...edges, 'bottom-right': '', left: '', middle: '  ', right: '' },
    // `compact` draws one rule, below the head. cli-table3 would colour by its own idea of the terminal.
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
}
