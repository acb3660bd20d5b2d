// The one file that knows how the charting library and its document work: a chart becomes two drawings, wide and narrow.
import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, type Markup, trusted } from './markup.ts';

export type { Markish } from '@observablehq/plot';
export { dot, gridX, gridY, line, rect, ruleX, ruleY, text } from '@observablehq/plot';

export interface Chart {
  /** Unique within the page. */
  readonly id: string;
  /** What it shows, for those who do not see it; `description` adds the numbers that matter most. */
  readonly title: string;
  readonly description: string;
  readonly draw: (size: ChartSize) => PlotOptions;
}

export interface ChartSize {
  readonly width: number;
  readonly narrow: boolean;
}

/** In pixels of the page; the style sheet shows the narrow drawing where the wide one would have to shrink. */
const WIDE: ChartSize = { width: 860, narrow: false };
const NARROW: ChartSize = { width: 360, narrow: true };

/** Width of a character of the charts' text, on average. */
export const CHARACTER_PX = 6.9;

export function chartMarkup(chart: Chart): Markup {
  return html`<div class="wide">${drawing(chart, WIDE)}</div><div class="narrow">${drawing(chart, NARROW)}</div>`;
}

function drawing({ id, title, description, draw }: Chart, size: ChartSize): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    document,
    width: size.width,
    className: 'chart',
    ...draw(size),
  } as PlotOptions) as unknown as Element;
  tidy(svg);
  const own = `${id}-${size.narrow ? 'narrow' : 'wide'}`;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${own}-title ${own}-description`);
  svg.prepend(labelled('title', title), labelled('desc', description));
  return trusted(svg.outerHTML);

  function labelled(name: 'title' | 'desc', words: string): Element {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name) as unknown as Element;
    element.setAttribute('id', `${own}-${name === 'title' ? 'title' : 'description'}`);
    element.textContent = words;
    return element;
  }
}

/** What is used of the DOM: its types are not those of Node. */
interface Element {
  readonly outerHTML: string;
  textContent: string | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
  getAttributeNames(): Iterable<string>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  prepend(...elements: readonly Element[]): void;
  remove(): void;
}

/** Numbers with a dozen decimals are a third of a drawing. */
const COORDINATES = ['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height'];

/** Its own style is left out: it paints a white background. Labels of its parts are not read within an image. */
function tidy(svg: Element): void {
  for (const style of svg.querySelectorAll('style')) style.remove();
  for (const element of svg.querySelectorAll('*')) {
    for (const name of [...element.getAttributeNames()]) {
      if (name.startsWith('aria-')) element.removeAttribute(name);
      else if (COORDINATES.includes(name))
        element.setAttribute(name, rounded(element.getAttribute(name) ?? ''));
    }
  }
}

function rounded(numbers: string): string {
  return numbers.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))));
}
