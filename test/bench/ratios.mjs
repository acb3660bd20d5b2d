// What the cells of a benchmark come to: rates by server, and ours over theirs, round by round.

/** By row, then by server: the cells that were measured, in the order of their rounds. */
export function byRow({ cells }) {
  const rows = new Map();
  for (const cell of cells) {
    const servers = rows.get(cell.row) ?? new Map();
    rows.set(cell.row, servers);
    servers.set(cell.server, [...(servers.get(cell.server) ?? []), cell]);
  }
  return rows;
}

/** Of both in the same round: a machine that is slower for a while is so for both. @returns undefined when there is none */
export function ratio(ours, theirs, of = (cell) => cell.rate) {
  const ratios = ours.flatMap((cell) => {
    const other = theirs.find(({ round }) => round === cell.round);
    return other === undefined || !of(cell) || !of(other) ? [] : [of(cell) / of(other)];
  });
  return spread(ratios);
}

/** @returns { median, low, high } */
export function spread(numbers) {
  if (numbers.length === 0) return undefined;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const median = (sorted[Math.floor(half - 0.25)] + sorted[Math.floor(half)]) / 2;
  return { median, low: sorted[0], high: sorted.at(-1) };
}

export const isOurs = (server) => server.startsWith('port20');
