// The kernel probe for a terminal: the host, the truth table in few rows, and every claim with what came of it.
import pc from 'picocolors';
import { type ClaimResult, type KernelReport, OPTION_SETS } from '../../probe/types.ts';
import type { Tone } from '../text/columns.ts';
import { type FittedColumn, fittedTables } from '../text/fitted-table.ts';
import { columnsOf, proseColumnsOf, type TextOptions } from '../text/options.ts';
import { type Colours, toned } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { enumerate } from '../words/format.ts';
import { CLAIM_VERDICT_WORDS, claimCounts } from './claims.ts';
import { probeHostLine } from './host.ts';
import {
  bindWords,
  type FamilyTable,
  mergedTables,
  OPTION_HEADS,
  STATE_WORDS,
  type StateGroup,
} from './rows.ts';

/** Of the lines after the first, which stands behind `tried: `. */
const INDENT = ' '.repeat(11);

export function formatKernelReport(report: KernelReport, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  return [
    colours.dim(wrap(probeHostLine(report.host), columns, '  ')),
    ...mergedTables(report.truthTable).map((table) => tableSection(table, columnsOf(options), colours)),
    colours.dim(wrap(`digest ${report.digest}`, columns, '  ')),
    ...report.claims.map((claim) => claimSection(claim, columns, colours)),
    claimCounts(report.claims),
  ].join('\n\n');
}

function tableSection({ families, groups }: FamilyTable, width: number, colours: Colours): string {
  const rows = groups.flatMap(groupRows);
  const text = { align: 'left', isKey: true, flows: true } as const;
  const columns: FittedColumn[] = [
    { ...text, head: "holder's state", cells: rows.map(({ states }) => states) },
    { ...text, head: "holder's options", cells: rows.map(({ options }) => options) },
    ...OPTION_SETS.map(
      (set, i): FittedColumn => ({
        ...{ head: `new:\n${OPTION_HEADS[set]}`, align: 'left', group: 'binds' },
        cells: rows.map(({ binds }) => bindWords(binds[i] ?? '')),
        paint: (cell, row) => toned(cell, bindTone(rows[row]?.binds[i] ?? ''), colours),
      }),
    ),
  ];
  return [
    `${colours.bold('second bind(2) to one address and port')}, ${enumerate(families)}`,
    fittedTables(columns, width, colours.bold),
  ].join('\n');
}

/** The states stand once, before the first of the rows that they share. */
function groupRows({ states, rows }: StateGroup) {
  const names = states.map((state) => STATE_WORDS[state]).join(', ');
  return rows.map(({ holders, binds }, i) => ({
    states: i === 0 ? names : '',
    options: enumerate(
      holders.map((holder) => OPTION_HEADS[holder]),
      'or',
    ),
    binds,
  }));
}

function bindTone(bind: string): Tone {
  if (bind === 'ok') return 'good';
  return bind === 'not-run' ? 'caution' : 'plain';
}

function claimSection(
  { id, claim, experiment, observed, verdict }: ClaimResult,
  columns: number,
  colours: Colours,
) {
  const tone = { holds: 'good', 'does-not-hold': 'bad', 'not-run': 'caution' } as const;
  const below = (label: string, text: string) => `    ${wrap(`${label} ${text}`, columns - 4, INDENT)}`;
  return [
    `${toned(CLAIM_VERDICT_WORDS[verdict], tone[verdict], colours)}  ${colours.dim(id)}`,
    `  ${wrap(claim, columns - 2, '  ')}`,
    colours.dim(below('tried:', experiment)),
    below('here: ', observed),
  ].join('\n');
}
