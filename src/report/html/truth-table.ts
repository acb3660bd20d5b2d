// Which second bind to a port this kernel allows, by the holder's state and options and by those of the new socket.
import { type KernelReport, OPTION_SETS } from '../../probe/types.ts';
import { claimCounts } from '../probe/claims.ts';
import { probeMachineLine } from '../probe/host.ts';
import { bindWords, type FamilyTable, mergedTables, OPTION_HEADS, STATE_WORDS } from '../probe/rows.ts';
import { enumerate } from '../words/format.ts';
import type { Page } from './data.ts';
import { dataTable } from './data-table.ts';
import { html, type Markup, NOTHING } from './markup.ts';

/** What of a kernel's probe is shown; its claims are only counted. */
export type TruthTableReport = Pick<KernelReport, 'host' | 'truthTable' | 'digest' | 'claims'>;

export function truthTableSection({ result }: Page, report: TruthTableReport | null): Markup {
  if (report === null) return NOTHING;
  const { truthTable, digest, host, claims } = report;
  const ofRun = result.host.truthTableDigest;
  return html`<section id="truth-table" aria-labelledby="truth-table-heading">
<h2 id="truth-table-heading">Which second bind the kernel allows</h2>
<p>${probeMachineLine(host)}.${ofRun === null || ofRun === digest ? '' : ' The run was made on a kernel with another table.'}</p>
${mergedTables(truthTable).map(familyTable)}
${claims.length === 0 ? NOTHING : html`<p>${claimCounts(claims)}: <code>npx port20 probe</code> lists them.</p>`}
<p>Digest of the table: <code class="digest">${digest}</code></p>
</section>
`;
}

function familyTable({ families, groups }: FamilyTable): Markup {
  return dataTable({
    caption: `Second bind to the same address and port, ${enumerate(families)}`,
    head: ["holder's state", "holder's options", ...OPTION_SETS.map((set) => `new: ${OPTION_HEADS[set]}`)],
    textColumns: [0, 1, 2, 3, 4, 5],
    rows: groups.flatMap(({ states, rows }) =>
      rows.map(({ holders, binds }) => [
        html`<span class="wraps">${enumerate(states.map((state) => STATE_WORDS[state]))}</span>`,
        enumerate(
          holders.map((holder) => OPTION_HEADS[holder]),
          'or',
        ),
        ...binds.map(
          (bind) => html`<span class="${bind === 'ok' ? 'good' : 'bad'}">${bindWords(bind)}</span>`,
        ),
      ]),
    ),
  });
}
