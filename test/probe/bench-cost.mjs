// What a bind costs beside many sockets, as ratios of one run: `npx tsc -p . && node test/probe/bench-cost.mjs` (under a minute).
import { probeCost } from '../../dist/probe/cost/measure.js';

/** Linux 6.8 and later: SO_REUSEADDR walks every socket on the port, SO_REUSEPORT does not. */
const SOCKETS = Number(process.argv[2] ?? 4000);

const { host, points, trends, notes } = await probeCost({ maxSockets: SOCKETS });
console.log(`${host.kernel} ${host.arch}, Node ${host.node}: median of bind(2) beside ${SOCKETS} sockets`);
console.log(`${'options'.padEnd(8)} ${'state'.padEnd(10)} ${'µs'.padStart(7)}  to none  to port  trend`);
for (const { options, state, verdict } of trends.filter(({ call }) => call === 'bind')) {
  const [own, empty, port] = [
    medianAt(options, state, SOCKETS),
    medianAt(options, state, 0),
    medianAt('port', state, SOCKETS),
  ];
  console.log(
    `${options.padEnd(8)} ${state.padEnd(10)} ${own.toFixed(1).padStart(7)} ${ratio(own, empty)} ${ratio(own, port)}  ${verdict}`,
  );
}
for (const note of notes) console.log(`- ${note}`);

function medianAt(options, state, sockets) {
  const point = points.find(
    (one) => one.call === 'bind' && one.options === options && one.state === state && one.sockets === sockets,
  );
  return point?.medianMicroseconds ?? Number.NaN;
}

function ratio(a, b) {
  return `${(a / b).toFixed(1)} ×`.padStart(8);
}
