// The kernel probe as Markdown, for a README or an issue.
import { type KernelReport, OPTION_SETS } from '../../probe/types.ts';
import { list, markdownTable } from '../text/markdown.ts';
import { enumerate } from '../words/format.ts';
import { CLAIM_VERDICT_WORDS, claimCounts } from './claims.ts';
import { probeHostLine } from './host.ts';
import { bindWords, type FamilyTable, mergedTables, OPTION_HEADS, STATE_WORDS } from './rows.ts';

/** Ends with a newline. */
export function formatKernelReportMarkdown({ host, truthTable, digest, claims }: KernelReport): string {
  const sections = [
    list([probeHostLine(host), `truth table's digest \`${digest}\``]),
    ...mergedTables(truthTable).flatMap(tableSection),
    '## Claims',
    markdownTable(
      ['claim', 'experiment', 'here', 'verdict'],
      ['left', 'left', 'left', 'left'],
      claims.map(({ id, claim, experiment, observed, verdict }) => [
        `\`${id}\` ${claim}`,
        experiment,
        observed,
        CLAIM_VERDICT_WORDS[verdict],
      ]),
    ),
    `${claimCounts(claims)}.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function tableSection({ families, groups }: FamilyTable): string[] {
  const heads = [
    "holder's state",
    "holder's options",
    ...OPTION_SETS.map((set) => `new: ${OPTION_HEADS[set]}`),
  ];
  const rows = groups.flatMap(({ states, rows }) =>
    rows.map(({ holders, binds }, i) => [
      i === 0 ? enumerate(states.map((state) => STATE_WORDS[state])) : 'the same',
      enumerate(
        holders.map((holder) => OPTION_HEADS[holder]),
        'or',
      ),
      ...binds.map(bindWords),
    ]),
  );
  const title = `## Second bind to the same address and port, ${enumerate(families)}`;
  return [
    title,
    markdownTable(
      heads,
      heads.map(() => 'left'),
      rows,
    ),
  ];
}
