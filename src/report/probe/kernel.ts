// The kernel probe for a terminal: the host, the truth table in few rows, and every claim with what came of it.
import pc from 'picocolors';
import { type ClaimResult, type KernelReport, OPTION_SETS } from '../../probe/types.ts';
import type { Tone } from '../text/columns.ts';
import { type Colours, printed, ruledTable, toned } from '../text/table.ts';
import type { TerminalOptions } from '../text/terminal.ts';
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

const DEFAULT_COLUMNS = 120;
const STATES_COLUMNS = 30;
/** Of the lines after the first, which stands behind `tried: `. */
const INDENT = ' '.repeat(11);

/** Sentences are wrapped to `columns`, 120 unless set. */
export function formatKernelReport(
  report: KernelReport,
  { colour, columns = DEFAULT_COLUMNS }: TerminalOptions,
): string {
  const colours = pc.createColors(colour);
  return [
    colours.dim(wrap(probeHostLine(report.host), columns, '  ')),
    ...mergedTables(report.truthTable).map((table) => tableSection(table, colours)),
    colours.dim(`digest ${report.digest}`),
    ...report.claims.map((claim) => claimSection(claim, columns, colours)),
    claimCounts(report.claims),
  ].join('\n\n');
}

function tableSection({ families, groups }: FamilyTable, colours: Colours): string {
  const heads = [
    "holder's state",
    "holder's options",
    ...OPTION_SETS.map((set) => `new: ${OPTION_HEADS[set]}`),
  ];
  const table = ruledTable(
    heads.map((head) => colours.bold(head)),
    heads.map(() => 'left'),
  );
  for (const group of groups) table.push(...groupRows(group, colours));
  return [
    `${colours.bold('second bind(2) to one address and port')}, ${enumerate(families)}`,
    printed(table),
  ].join('\n');
}

/** The names of the states run down the rows that they share. */
function groupRows({ states, rows }: StateGroup, colours: Colours): string[][] {
  const names = wrap(states.map((state) => STATE_WORDS[state]).join(', '), STATES_COLUMNS, '').split('\n');
  return rows.map(({ holders, binds }, i) => {
    const rest = i === rows.length - 1 ? names.slice(i) : names.slice(i, i + 1);
    const options = holders.map((holder) => OPTION_HEADS[holder]);
    return [
      rest.join('\n'),
      enumerate(options, 'or'),
      ...binds.map((bind) => toned(bindWords(bind), bindTone(bind), colours)),
    ];
  });
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
