// The benchmark as a picture: for each load one line, and on it ours over each of theirs, with its spread.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { byRow, isOurs, ratio } from './ratios.mjs';

/** With as many workers as the machine has cores, as an operator would run it. */
const OURS = 'port20 ×2';
const TICKS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];

/** SVG that stands alone. */
export function drawing(result) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const points = [...byRow(result)].flatMap(([row, cells]) => {
    const own = cells.get(OURS) ?? [];
    return [...cells].flatMap(([server, theirs]) => {
      const found = isOurs(server) ? undefined : ratio(own, theirs);
      return found === undefined ? [] : [{ row, server, ...found }];
    });
  });
  const svg = Plot.plot({
    document,
    width: 820,
    height: 110 + 34 * new Set(points.map(({ row }) => row)).size,
    marginLeft: 230,
    marginTop: 40,
    marginBottom: 40,
    style: { fontSize: '12px', background: 'white', color: '#222' },
    x: {
      type: 'log',
      label: 'port20 with two workers over the other server; right of 1 it is faster',
      ticks: TICKS,
      grid: true,
      tickFormat: (x) => String(x),
    },
    y: { label: null, domain: [...new Set(points.map(({ row }) => row))] },
    color: { domain: [...new Set(points.map(({ server }) => server))], scheme: 'tableau10' },
    marks: [
      Plot.ruleX([1], { stroke: '#222' }),
      Plot.link(points, {
        x1: 'low',
        x2: 'high',
        y1: 'row',
        y2: 'row',
        stroke: 'server',
        strokeWidth: 2,
        strokeOpacity: 0.4,
      }),
      Plot.dot(points, { x: 'median', y: 'row', fill: 'server', r: 5 }),
    ],
  });
  return `${withLegend(svg, points).outerHTML}\n`;
}

/** A row of names above: Plot's own legend is a piece of HTML. */
function withLegend(svg, points) {
  const colors = ['#4e79a7', '#f28e2c', '#e15759', '#76b7b2', '#59a14f', '#edc949'];
  const names = [...new Set(points.map(({ server }) => server))];
  names.forEach((name, index) => {
    const text = svg.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'text');
    text.setAttribute('x', String(230 + index * 110));
    text.setAttribute('text-anchor', 'start');
    text.setAttribute('y', '14');
    text.setAttribute('fill', colors[index % colors.length]);
    text.textContent = `● ${name}`;
    svg.append(text);
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg;
}
