// What several kernels answered, side by side, as Markdown.
import { formatMicroseconds } from '../../dist/report/probe/cost-rows.js';

const OPTIONS = { none: 'none', addr: 'SO_REUSEADDR', port: 'SO_REUSEPORT', both: 'both' };
const STATES = { bound: 'bound', connected: 'connected', 'time-wait': 'TIME_WAIT' };

/** Of the truth tables: which cells are not alike on all kernels. */
export function differingCells(asked) {
  const tables = asked.map(
    ({ probe }) => new Map(probe.truthTable.map((cell) => [cellName(cell), cell.bind])),
  );
  const names = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  const differing = names.filter((name) => new Set(tables.map((table) => table.get(name))).size > 1);
  const head = `Truth tables, ${names.length} cells on ${asked.length} kernels: ${differing.length} differ`;
  const digests = asked.map(({ title, probe }) => `- ${title}: digest ${probe.digest}`);
  const rows = differing.map((name) => row([name, ...tables.map((table) => table.get(name) ?? '–')]));
  const table = [row(['cell', ...titles(asked)]), rule(asked.length + 1), ...rows];
  return [head, ...digests, ...(rows.length === 0 ? [] : ['', ...table])].join('\n');
}

function cellName({ family, state, holder, binder }) {
  return `${family}, ${state}, ${holder} then ${binder}`;
}

/** Of the claims: how many hold, and which do not everywhere alike. */
export function claimsInWords(asked) {
  const ids = asked[0].probe.claims.map(({ id }) => id);
  const verdicts = (id) =>
    asked.map(({ probe }) => probe.claims.find((claim) => claim.id === id)?.verdict ?? '–');
  const differing = ids.filter((id) => new Set(verdicts(id)).size > 1);
  const head = `Claims, ${ids.length} on ${asked.length} kernels: ${differing.length} differ`;
  const notRun = asked.flatMap(({ title, probe }) =>
    probe.claims
      .filter(({ verdict }) => verdict === 'not-run')
      .map(({ id, observed }) => `- ${title}: ${id} was not run: ${observed}`),
  );
  const table = [row(['claim', ...titles(asked)]), rule(asked.length + 1)];
  const rows = differing.map((id) => row([id, ...verdicts(id)]));
  return [head, ...notRun, ...(rows.length === 0 ? [] : ['', ...table, ...rows])].join('\n');
}

/** bind(2) beside so many sockets: the curves of all kernels, with their verdicts. */
export function costTable(asked) {
  const sizes = [...new Set(asked.flatMap(({ cost }) => cost.points.map(({ sockets }) => sockets)))].sort(
    (a, b) => a - b,
  );
  const head = row(['options', 'the others are', 'kernel', ...sizes.map(String), 'verdict']);
  const rows = Object.keys(OPTIONS).flatMap((options) =>
    Object.keys(STATES).flatMap((state) => asked.flatMap((one) => curve(one, options, state, sizes))),
  );
  return [
    'bind(2), median microseconds by the number of other sockets on the port',
    '',
    head,
    rule(sizes.length + 4),
    ...rows,
  ].join('\n');
}

function curve({ title, cost }, options, state, sizes) {
  const own = (one) => one.call === 'bind' && one.options === options && one.state === state;
  const points = cost.points.filter(own);
  const verdict = cost.trends.find(own)?.verdict;
  if (verdict === undefined) return [];
  const at = (size) => points.find(({ sockets }) => sockets === size)?.medianMicroseconds;
  const cells = sizes.map((size) => (at(size) === undefined ? '–' : formatMicroseconds(at(size))));
  return [row([OPTIONS[options], STATES[state], title, ...cells, verdict])];
}

/** Whether each has the fast path of SO_REUSEADDR, and whether it should. */
export function fastPaths(asked) {
  return asked
    .map(({ title, cost: { reuseAddrFastPath: found }, expected }) => {
      const surprise = found === expected ? 'as expected' : `expected: ${expected}`;
      return `- ${title}: fast path of SO_REUSEADDR ${found} (${surprise})`;
    })
    .join('\n');
}

function titles(asked) {
  return asked.map(({ title }) => title);
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function rule(columns) {
  return `|${'---|'.repeat(columns)}`;
}
