// HTML as a value of its own: whatever is put into a template is escaped, unless it is markup already.

export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | readonly Content[];

/** A template whose values are text, markup, or lists of both. Results hold names and URLs that users chose. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((text, i) => text + (i < values.length ? markupOf(values[i] ?? '') : ''));
  return { markup: parts.join('') };
}

/** Text that is markup by its making. Nothing from a result may come here. */
export function trusted(markup: string): Markup {
  return { markup };
}

export function isEmpty({ markup }: Markup): boolean {
  return markup === '';
}

export const NOTHING: Markup = trusted('');

function markupOf(content: Content): string {
  if (typeof content === 'string') return escaped(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(markupOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes alike. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
