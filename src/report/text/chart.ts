// A small line chart drawn with characters, for terminals and for code blocks.

export interface ChartLine {
  /** One character; `SHARED_MARK` stands where marks of several lines fall together. */
  readonly mark: string;
  readonly name: string;
  /** At least one; ascending in x. Neither x nor y is negative. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ChartOptions {
  /** Of the field between the axes, in characters. */
  readonly width: number;
  readonly height: number;
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
}

const SHARED_MARK = '#';
const BETWEEN = '·';

/** Both axes start at 0 and are linear, so that a straight line is a constant rise. Empty text without points. */
export function drawChart(lines: readonly ChartLine[], options: ChartOptions): string {
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const most = { x: Math.max(...all.map(({ x }) => x), 1), y: Math.max(...all.map(({ y }) => y)) || 1 };
  const field = drawField(lines, most, options);
  const labels = yLabels(most.y, options);
  const margin = Math.max(...labels.map((label) => label.length));
  const rows = field.map((row, i) => `${(labels[i] ?? '').padStart(margin)} │${row.join('').trimEnd()}`);
  const axis = `${' '.repeat(margin)} └${'─'.repeat(options.width)}`;
  return [...rows, axis, `${' '.repeat(margin + 2)}${xLabels(most.x, options)}`, legend(lines)].join('\n');
}

type Scale = { readonly x: number; readonly y: number };

/** Rows from the top. First what lies between the points, then the points above it. */
function drawField(lines: readonly ChartLine[], most: Scale, { width, height }: ChartOptions): string[][] {
  const field = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  const column = (x: number) => Math.round((x / most.x) * (width - 1));
  const row = (y: number) => height - 1 - Math.round((y / most.y) * (height - 1));
  const put = (x: number, y: number, mark: string) => {
    const cells = field[row(y)];
    const before = cells?.[column(x)] ?? ' ';
    if (cells === undefined) return;
    const shared = mark !== BETWEEN && before !== ' ' && before !== BETWEEN && before !== mark;
    cells[column(x)] = shared ? SHARED_MARK : mark;
  };
  for (const { points } of lines) {
    for (const { x, y } of between(points, most.x / (width - 1))) put(x, y, BETWEEN);
  }
  for (const { points, mark } of lines) for (const { x, y } of points) put(x, y, mark);
  return field;
}

/** Points on the straight lines from one point to the next, one a column. */
function between(points: ChartLine['points'], step: number): { x: number; y: number }[] {
  return points.slice(1).flatMap((to, i) => {
    const from = points[i] ?? to;
    const count = Math.max(0, Math.floor((to.x - from.x) / step));
    return Array.from({ length: count }, (_, k) => {
      const share = (k + 1) / (count + 1);
      return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
    });
  });
}

/** The top, the middle and 0. */
function yLabels(most: number, { height, formatY }: ChartOptions): string[] {
  const bottom = height - 1;
  const middle = Math.floor(bottom / 2);
  return Array.from({ length: height }, (_, row) => {
    if (row === bottom) return '0';
    return row === 0 || row === middle ? formatY((most * (bottom - row)) / bottom) : '';
  });
}

function xLabels(most: number, { width, formatX }: ChartOptions): string {
  const middle = formatX(most / 2);
  const left = '0'.padEnd(Math.floor((width - middle.length) / 2)) + middle;
  return left + formatX(most).padStart(Math.max(1, width - left.length));
}

function legend(lines: readonly ChartLine[]): string {
  return [...lines.map(({ mark, name }) => `${mark} ${name}`), `${SHARED_MARK} several`].join('   ');
}
