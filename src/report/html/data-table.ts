// A table of numbers in a box of its own that scrolls: the page never does sideways, and paper cannot.
import { type Content, html, type Markup, NOTHING } from './markup.ts';
import { prose, thin } from './unbroken.ts';

export interface DataTable {
  /** Says what the rows are. */
  readonly caption: string;
  /** Text columns are named here; all others are numbers and stand right. */
  readonly head: readonly string[];
  readonly textColumns?: readonly number[];
  /** Cells are text or markup. The first of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

/** Of several pieces where it would be wider than a page: what does not fit follows, with the names of the rows again. */
export function dataTable(table: DataTable): Markup {
  return html`${pieces(table).map((columns, i) => piece(table, columns, i > 0))}`;
}

function piece(
  { caption, head, rows, textColumns = [0] }: DataTable,
  columns: readonly number[],
  isNext: boolean,
): Markup {
  const side = (column: number) => (textColumns.includes(column) ? NOTHING : html` class="number"`);
  const title = isNext ? `${caption}, continued` : caption;
  const headCells = columns.map((at) => html`<th scope="col"${side(at)}>${prose(head[at] ?? '')}</th>`);
  const bodyRows = rows.map(
    (row) => html`<tr>${columns.map((at) => bodyCell(row[at] ?? '', at, side(at)))}</tr>\n`,
  );
  // tabindex: what scrolls must be reachable without a mouse (WCAG 2.1.1).
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${title}"><table>
<caption><span>${prose(title)}</span></caption>
<thead><tr>${headCells}</tr></thead>
<tbody>
${bodyRows}</tbody>
</table></div>
`;
}

/** Cells do not wrap: narrow spaces are enough. */
function bodyCell(cell: Content, column: number, side: Markup): Markup {
  const content = typeof cell === 'string' ? thin(cell) : cell;
  return column === 0 ? html`<th scope="row"${side}>${content}</th>` : html`<td${side}>${content}</td>`;
}

/** A page holds as many on paper; of a column its widest cell counts, or the longest word of its head, and a gap. */
const MOST_CHARACTERS = 140;
const GAP_CHARACTERS = 1.2;
/** What is allowed to wrap takes no more (see the style sheet). */
const MOST_OF_WRAPPING = 34;

function pieces({ head, rows }: DataTable): number[][] {
  const width = head.map((text, at) => {
    const cells = rows.map((row) => charactersOf(row[at] ?? ''));
    return GAP_CHARACTERS + Math.max(...text.split(' ').map((word) => word.length), ...cells);
  });
  const found: number[][] = [[0]];
  let left = MOST_CHARACTERS - (width[0] ?? 0);
  for (const [i, own] of width.slice(1).entries()) {
    if (own > left && (found.at(-1)?.length ?? 0) > 1) {
      found.push([0]);
      left = MOST_CHARACTERS - (width[0] ?? 0);
    }
    found.at(-1)?.push(i + 1);
    left -= own;
  }
  return found;
}

/** Of the longest line. */
function charactersOf(cell: Content): number {
  const { markup } = html`${cell}`;
  const lines = markup
    .split('<br>')
    .map((line) => line.replace(/<[^>]*>/g, '').replace(/&[#\w]+;/g, '&').length);
  const longest = Math.max(...lines);
  return markup.includes('class="wraps"') ? Math.min(longest, MOST_OF_WRAPPING) : longest;
}
