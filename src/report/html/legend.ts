// What colours, shapes and dashes stand for, once a figure.
import { html, type Markup, NOTHING } from './markup.ts';
import type { Appearance } from './palette.ts';
import { dot, line, ornament } from './plot.ts';

export interface LegendEntry {
  readonly name: string;
  readonly look: Appearance;
}

/** Each name once, in the order in which they come. Empty without any. */
export function legend(entries: readonly LegendEntry[], signs: 'lines' | 'points'): Markup {
  const looks = new Map(entries.map(({ name, look }) => [name, look]));
  if (looks.size === 0) return NOTHING;
  const items = [...looks].map(
    ([name, look]) => html`<li>${signOf(look, signs)}<span class="one">${name}</span></li>\n`,
  );
  return html`<ul class="legend">\n${items}</ul>\n`;
}

const WIDTH_PX = { lines: 34, points: 14 } as const;
const HEIGHT_PX = 14;

/** Drawing takes some milliseconds, and a page has the same few signs in each figure. */
const drawn = new Map<string, Markup>();

function signOf(look: Appearance, signs: 'lines' | 'points'): Markup {
  const key = JSON.stringify([look, signs]);
  const found = drawn.get(key) ?? draw(look, WIDTH_PX[signs]);
  drawn.set(key, found);
  return found;
}

function draw({ colour, symbol, dashes }: Appearance, width: number): Markup {
  const field = { axis: null, type: 'linear' } as const;
  return ornament('sign', {
    ...{ width, height: HEIGHT_PX, margin: 0 },
    x: { ...field, domain: [0, width] },
    y: { ...field, domain: [0, HEIGHT_PX] },
    marks: [
      ...(width === WIDTH_PX.points
        ? []
        : [
            line(
              [
                [0, HEIGHT_PX / 2],
                [width, HEIGHT_PX / 2],
              ],
              { stroke: colour, strokeWidth: 1.8, strokeDasharray: dashes },
            ),
          ]),
      dot([[width / 2, HEIGHT_PX / 2]], { symbol, fill: colour, stroke: colour, r: 4 }),
    ],
  });
}
