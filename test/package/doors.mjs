// What each door of the library costs to load: time and memory, against all of them together. node test/package/doors.mjs
import { spawnSync } from 'node:child_process';

const ROUNDS = 11;
const DOORS = [
  'port20',
  ...['client', 'binder', 'server', 'probe', 'stress'].map((name) => `port20/${name}`),
];
/** By what a row is called: the doors that its process loads. The whole is what one door for everything would cost. */
const ROWS = new Map([['nothing', []], ...DOORS.map((door) => [door, [door]]), ['the whole', DOORS]]);

/** Each in a process of its own, which says what it took and what it holds then. */
function load(doors) {
  const program = `
    const start = performance.now();
    for (const door of ${JSON.stringify(doors)}) await import(door);
    const ms = performance.now() - start;
    console.log(JSON.stringify({ ms, bytes: process.memoryUsage.rss() }));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const seen = new Map([...ROWS.keys()].map((row) => [row, []]));
// In turns, so that whatever else the machine does falls on all of them.
for (let round = 0; round < ROUNDS; round++) {
  for (const [row, doors] of ROWS) seen.get(row).push(load(doors));
}

const costs = [...seen].map(([row, loads]) => ({
  row,
  ms: median(loads.map(({ ms }) => ms)),
  mib: median(loads.map(({ bytes }) => bytes)) / 2 ** 20,
}));
const nothing = costs.find(({ row }) => row === 'nothing');
const whole = costs.find(({ row }) => row === 'the whole');
console.log(`medians of ${ROUNDS} loads in turns; MiB above the ${nothing.mib.toFixed(0)} of Node alone`);
for (const { row, ms, mib } of costs.filter((cost) => cost !== nothing)) {
  const above = mib - nothing.mib;
  const shares = [ms / whole.ms, above / (whole.mib - nothing.mib)].map((share) => share.toFixed(2));
  console.log(
    `${row.padEnd(14)}${ms.toFixed(0).padStart(5)} ms  ${shares[0]}${above.toFixed(0).padStart(6)} MiB  ${shares[1]}`,
  );
}
