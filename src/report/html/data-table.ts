// A table of numbers in a box of its own that scrolls: the page never does sideways.
import { type Content, html, type Markup } from './markup.ts';

export interface DataTable {
  /** Says what the rows are. */
  readonly caption: string;
  /** Text columns are named here; all others are numbers and stand right. */
  readonly head: readonly string[];
  readonly textColumns?: readonly number[];
  /** Cells are text or markup. The first of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

export function dataTable({ caption, head, rows, textColumns = [0] }: DataTable): Markup {
  const side = (column: number) => (textColumns.includes(column) ? 'text' : 'number');
  // tabindex: what scrolls must be reachable without a mouse (WCAG 2.1.1).
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((text, i) => html`<th scope="col" class="${side(i)}">${text}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => bodyCell(cell, i, side(i)))}</tr>\n`)}</tbody>
</table></div>`;
}

function bodyCell(cell: Content, column: number, side: string): Markup {
  return column === 0
    ? html`<th scope="row" class="${side}">${cell}</th>`
    : html`<td class="${side}">${cell}</td>`;
}
