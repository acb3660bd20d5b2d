#!/usr/bin/env node
// A/A runs against the simulation's own band: of 100 measured failure rates 95 should lie where 95 % of simulated runs do.
//   node test/predict/aa-band.mjs [--runs 40] [--most 840s]      needs dist/; 40 runs of two rows take 5 to 12 minutes
// Ends with 1 where fewer lie in it than chance explains (binomial, 0.1 %: it runs often).
import { parseArgs } from 'node:util';
import { parsePlan, runStress } from '../../dist/doors/stress.js';
import { parseDurationMs } from '../../dist/units.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '40' }, most: { type: 'string', default: '840s' } },
});
const RUNS = Number(values.runs);
const MOST_MS = parseDurationMs(values.most);
const COVERED = 0.95;

const planOf = (seed) =>
  parsePlan(`
    name: aa-band
    seed: ${seed}
    binders: [legacy-bsd, legacy-bsd]
    blocks: 4
    userPi: lean
    timeUnit: 4ms
    scenarios: [{ name: window, sessions: 32, bindToConnect: 4ms, duration: 800ms }]
  `);

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const logit = (rate) => Math.log(rate / (1 - rate));
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const spread = (numbers) => Math.sqrt(mean(numbers.map((one) => (one - mean(numbers)) ** 2)));

/** P(X ≤ count) of Binomial(trials, share). */
function upTo(count, trials, share) {
  let logarithm = trials * Math.log1p(-share);
  let sum = Math.exp(logarithm);
  for (let k = 1; k <= count; k++) {
    logarithm += Math.log(((trials - k + 1) / k) * (share / (1 - share)));
    sum += Math.exp(logarithm);
  }
  return sum;
}

const startedAtMs = performance.now();
const rows = [];
for (let run = 0; run < RUNS && performance.now() - startedAtMs < MOST_MS; run++) {
  const result = await runStress(planOf(run + 1), { truthTableDigest: null });
  if (!result.valid) throw new Error(`run ${run + 1} is invalid`);
  for (const { contestant, failureRate: measured, prediction } of result.strategies) {
    const { failureRate: predicted, interval } = prediction;
    const own = result.blocks.filter((block) => block.contestant === contestant);
    const starved = mean(own.map(({ generator }) => generator.runQueueShare ?? 0));
    rows.push({ measured, predicted, interval });
    console.log(
      `run ${run + 1}: ${percent(measured)} measured, ${percent(predicted)} simulated, band ${interval.map(percent).join('–')}; waited ${percent(starved)} of the time for a core`,
    );
  }
}

const below = rows.filter(({ measured, interval }) => measured < interval[0]).length;
const above = rows.filter(({ measured, interval }) => measured > interval[1]).length;
const inside = rows.length - below - above;
const offBy = rows.map(({ measured, predicted }) => logit(measured) - logit(predicted));
const widths = rows.map(({ interval }) => (logit(interval[1]) - logit(interval[0])) / 2 / 1.96);
console.log(
  `${inside} of ${rows.length} rates (${((100 * inside) / rows.length).toFixed(1)} %) lie in the band, ${below} below it, ${above} above`,
);
console.log(
  `log odds, measured less simulated: mean ${mean(offBy).toFixed(3)}, standard deviation ${spread(offBy).toFixed(3)}; of the bands ${mean(widths).toFixed(3)}`,
);
if (rows.length < 2 * RUNS) console.log(`${rows.length / 2} of ${RUNS} runs: out of time`);
const chance = upTo(inside, rows.length, COVERED);
if (chance < 0.001) {
  console.error(`too few: so few would lie in a band of 95 % in ${(100 * chance).toFixed(2)} % of all cases`);
  process.exitCode = 1;
}
