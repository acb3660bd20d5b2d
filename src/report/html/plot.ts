// The one file that knows how the charting library and its document work: a chart becomes one drawing of one width.
import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, trusted } from './markup.ts';
import { thin } from './unbroken.ts';

export type { Markish, PlotOptions } from '@observablehq/plot';
export { dot, gridX, gridY, line, rect, ruleX, ruleY, text } from '@observablehq/plot';

export interface Chart {
  /** Unique within the page. */
  readonly id: string;
  /** What it shows, for those who do not see it; `description` adds the numbers that matter most. */
  readonly title: string;
  readonly description: string;
  readonly options: PlotOptions;
}

/** Of every drawing, in pixels: three stand side by side on a screen and on paper, one on a phone. */
export const PANEL_PX = 336;

/** Width of a character of the charts' text, on average; fonts differ, and this is of a wide one. */
export const CHARACTER_PX = 7.1;

export function chartMarkup({ id, title, description, options }: Chart): Markup {
  const { document, svg } = drawn({ width: PANEL_PX, className: 'chart', ...options });
  const labelled = (name: 'title' | 'desc', words: string): Element => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name) as unknown as Element;
    element.setAttribute('id', `${id}-${name}`);
    element.textContent = words;
    return element;
  };
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-desc`);
  svg.prepend(labelled('title', title), labelled('desc', description));
  return trusted(svg.outerHTML);
}

/** A drawing that says nothing to those who do not see it, such as the sign beside a word. */
export function ornament(className: string, options: PlotOptions): Markup {
  const { svg } = drawn({ className, ...options });
  svg.setAttribute('aria-hidden', 'true');
  return trusted(svg.outerHTML);
}

function drawn(options: PlotOptions) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({ document, ...options } as PlotOptions) as unknown as Element;
  tidy(svg);
  return { document, svg };
}

/** What is used of the DOM: its types are not those of Node. */
interface Element {
  readonly outerHTML: string;
  readonly children: { readonly length: number };
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
  for (const text of svg.querySelectorAll('text')) {
    if (text.children.length === 0) text.textContent = thin(text.textContent ?? '');
  }
}

function rounded(numbers: string): string {
  return numbers.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))));
}
