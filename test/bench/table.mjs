// The benchmark in words: what each server did, ours over theirs, and what it cost.
import { fittedTables } from '../../dist/report/text/fitted-table.js';
import { byRow, isOurs, ratio, spread } from './ratios.mjs';

const MIB = 1024 * 1024;

export function table(result) {
  const { machine, missing, cells } = result;
  return [
    `${machine.cores} cores (${machine.cpu}), Linux ${machine.kernel}, Node ${machine.node}; files in ${machine.folder}`,
    ...missing.map(({ name, why }) => `missing: ${name}: ${why}`),
    ...(cells.length === 0 ? [] : measured(result)),
    ...failures(result),
    ...idle(result),
    ...sustained(result),
  ].join('\n');
}

function measured(result) {
  const { seconds, rounds, cells } = result;
  const servers = [...new Set(cells.map(({ server }) => server))];
  const theirs = servers.filter((server) => !isOurs(server));
  const rows = byRow(result);
  return [
    '',
    `A second, medians of ${rounds} rounds of ${seconds} s`,
    drawn(servers, rows, (row, cellsOf) => servers.map((server) => rateText(row, cellsOf(server)))),
    ...servers
      .filter(isOurs)
      .flatMap((own) => [
        '',
        `${own} over the others, in the same round: median (least–most)`,
        drawn(theirs, rows, (_row, cellsOf) =>
          theirs.map((server) => ratioText(ratio(cellsOf(own), cellsOf(server)))),
        ),
      ]),
    '',
    'CPU time of one, ms: of the server (of the load generator)',
    drawn(servers, rows, (_row, cellsOf) => servers.map((server) => cpuText(cellsOf(server)))),
    '',
    "The longest that another session's NOOP waited, ms",
    drawn(servers, rows, (_row, cellsOf) => servers.map((server) => noopText(cellsOf(server)))),
  ];
}

function drawn(columns, rows, textsOf) {
  return ruled(
    columns,
    [...rows].map(([row, servers]) => [row, ...textsOf(row, (server) => servers.get(server) ?? [])]),
  );
}

/** In one table, however wide. Each row begins with its name. */
function ruled(columns, rows) {
  const fitted = ['', ...columns].map((head, i) => ({
    ...{ head, align: i === 0 ? 'left' : 'right', isKey: i === 0 },
    cells: rows.map((row) => row[i] ?? ''),
  }));
  return fittedTables(fitted, Number.POSITIVE_INFINITY);
}

function rateText(row, cells) {
  const found = spread(cells.flatMap(({ rate }) => rate || []));
  if (found === undefined) return '–';
  return row.includes('100 MiB')
    ? `${Math.round((found.median * 100 * MIB) / 1e6)} MB`
    : String(Math.round(found.median));
}

function ratioText(found) {
  if (found === undefined) return '–';
  return `${figure(found.median)} (${figure(found.low)}–${figure(found.high)})`;
}

function figure(number) {
  return number >= 10 ? number.toFixed(0) : number.toFixed(2);
}

function cpuText(cells) {
  const [server, generator] = ['serverCpuMs', 'generatorCpuMs'].map((name) =>
    spread(cells.flatMap((cell) => cell[name] ?? [])),
  );
  return server === undefined ? '–' : `${figure(server.median)} (${figure(generator.median)})`;
}

function noopText(cells) {
  const found = spread(cells.flatMap(({ worstNoopMs }) => worstNoopMs ?? []));
  return found === undefined ? '–' : found.high.toFixed(0);
}

function failures({ cells, sustained: long, idle: memory }) {
  const lines = [...cells, ...long, ...memory].flatMap((cell) => {
    const { row = 'without a pause', server, error, failures: count = 0, firstFailure } = cell;
    if (error === undefined && count === 0) return [];
    return [`${server}, ${row}: ${error ?? `${count} failed: ${firstFailure}`}`];
  });
  return lines.length === 0 ? [] : ['', 'What failed:', ...new Set(lines)];
}

function idle({ idle: found }) {
  const texts = found
    .filter(({ error }) => error === undefined)
    .map(({ server, sessions, bytes }) => `${server} ${(bytes / 1024).toFixed(1)} (${sessions} sessions)`);
  return texts.length === 0 ? [] : ['', `Memory of an idle session, KiB: ${texts.join(', ')}`];
}

/** Of what was done in each second, from one to another. */
function mean({ perSecond }, from, to) {
  return perSecond.slice(from, to).reduce((sum, count) => sum + (count ?? 0), 0) / (to - from);
}

function sustained({ sustained: found }) {
  const measured = found.filter(({ error }) => error === undefined);
  if (measured.length === 0) return [];
  const columns = ['first 10 s', '110 to 120 s', 'first minute', 'last minute', 'last / first', 'failed'];
  const rows = measured.map((one) => {
    const end = one.perSecond.length;
    const [first, last] = [mean(one, 0, 60), mean(one, end - 60, end)];
    const rates = [mean(one, 0, 10), mean(one, 110, 120), first, last].map((rate) =>
      String(Math.round(rate)),
    );
    return [`${one.server}, ${end} s`, ...rates, (last / first).toFixed(3), String(one.failures)];
  });
  return [
    '',
    'RETR of 10 bytes, 16 sessions, without a pause, a second',
    ruled(columns, rows),
    ...secondMinutes(measured),
  ];
}

/** What TIME_WAIT makes of a server shows when a minute of it lies on its port. */
function secondMinutes(found) {
  const inIt = (one) => mean(one, 60, 120);
  const own = found.find(({ server, perSecond }) => isOurs(server) && perSecond.length >= 120);
  const theirs = found.filter(({ server, perSecond }) => !isOurs(server) && perSecond.length >= 120);
  if (own === undefined || theirs.length === 0) return [];
  const texts = theirs.map((one) => `${figure(inIt(own) / inIt(one))} times ${one.server}`);
  return [`In the second minute ${own.server} did ${texts.join(', ')}.`];
}
