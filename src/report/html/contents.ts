// What is on the page, as links to it: first of all, so that nobody has to scroll to find out.
import { html, type Markup, NOTHING } from './markup.ts';

/** A part of the page that can be gone to. */
export interface Place {
  readonly id: string;
  readonly title: string;
  readonly within?: readonly Place[];
}

/** A section, or nothing where there is nothing to show. */
export interface Section extends Place {
  readonly markup: Markup;
}

export function contents(places: readonly Place[]): Markup {
  return html`<nav aria-label="Contents" class="contents">
<ol>
${places.map((place) => html`<li>${link(place)}${nested(place.within ?? [])}</li>\n`)}</ol>
</nav>
`;
}

function nested(places: readonly Place[]): Markup {
  if (places.length === 0) return NOTHING;
  return html`<ol>${places.map((place) => html`<li>${link(place)}</li>`)}</ol>`;
}

function link({ id, title }: Place): Markup {
  return html`<a href="#${id}">${title}</a>`;
}
