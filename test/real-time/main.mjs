// Do the failure rates of a scaled schedule agree with those at its real time unit? Runs both and says where they do not.
// Usage: npm run real-time -- [--factor 20] [--at-once 2] [--out FOLDER] [plan.yaml…]
//   The real ones run all at once, for they hardly compute; of the scaled ones, `--at-once` blocks. 17 minutes as they
//   stand. What a folder of --out has already is not run again: `--clock real` and `--clock scaled` run one half each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatPlan, mergeResults, parsePlan, readRunResult } from '../../dist/doors/stress.js';
import { differenceInterval } from '../../dist/stats/proportion.js';
import { scaledPlan } from './scaled.mjs';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PLANS = ['real-time', 'real-time-legacy'].map((name) =>
  fileURLToPath(new URL(`../../fixtures/plans/${name}.yaml`, import.meta.url)),
);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    factor: { type: 'string', default: '20' },
    'at-once': { type: 'string', default: '2' },
    out: { type: 'string' },
    clock: { type: 'string' },
  },
});
const factor = Number(values.factor);
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
const folder = values.out ?? mkdtempSync(join(tmpdir(), 'port20-real-time-'));
mkdirSync(folder, { recursive: true });
try {
  await main();
} finally {
  if (values.out === undefined) rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const plans = (positionals.length > 0 ? positionals : PLANS).map((path) =>
    parsePlan(readFileSync(path, 'utf8')),
  );
  const rows = plans.flatMap((plan) =>
    plan.scenarios.map((scenario) => ({ ...plan, scenarios: [scenario] })),
  );
  const halves = {
    real: () => results('real', rows, Number.POSITIVE_INFINITY),
    scaled: () =>
      results(
        'scaled',
        rows.map((plan) => scaledPlan(plan, factor)),
        Number(values['at-once']),
      ),
  };
  if (values.clock !== undefined) {
    await halves[values.clock]();
    return;
  }
  const [real, scaled] = [await halves.real(), await halves.scaled()];
  const table = rows.map((plan, i) => row(plan, real[i], scaled[i]));
  const heads = [
    'scenario',
    'binder',
    'real: failed',
    'scaled: failed',
    'real − scaled (95 %)',
    'predicted: real',
    'scaled',
    'agree',
  ];
  print(
    `Time unit ${rows[0].timeUnitMs} ms against ${rows[0].timeUnitMs / factor} ms; ${real[0].blocks.length} blocks of each\n`,
  );
  for (const cells of [heads, heads.map(() => '---'), ...table]) print(`| ${cells.join(' | ')} |`);
}

/** One merged result a plan: each of its blocks is a run of its own, by its own seed. */
async function results(clock, plans, atOnce) {
  const startMs = performance.now();
  const runs = plans.flatMap((plan, i) =>
    Array.from({ length: plan.blocks }, (_, block) => ({
      i,
      name: `${clock}-${plan.scenarios[0].name}-${block}`,
      plan: { ...plan, blocks: 1, seed: plan.seed + block },
    })),
  );
  const found = await inTurns(runs, atOnce, async ({ i, name, plan }) => ({
    i,
    name,
    result: await run(name, plan),
  }));
  process.stderr.write(
    `${clock}: ${runs.length} blocks in ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`,
  );
  return plans.map((_, i) =>
    mergeResults(found.filter((one) => one.i === i).map(({ name, result }) => ({ name, result }))),
  );
}

async function run(name, plan) {
  const [planFile, resultFile] = [join(folder, `${name}.yaml`), join(folder, `${name}.json`)];
  if (existsSync(resultFile)) return readRunResult(JSON.parse(readFileSync(resultFile, 'utf8')));
  writeFileSync(planFile, formatPlan(plan));
  const child = spawn(process.execPath, [MAIN, 'stress', planFile, '--out', resultFile, '--quiet'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [status] = await once(child, 'close');
  running.delete(child);
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${said.trim()}`);
  return readRunResult(JSON.parse(readFileSync(resultFile, 'utf8')));
}

/** As many as `atOnce` at the same time, in their order. */
async function inTurns(items, atOnce, work) {
  const found = [];
  let next = 0;
  const turns = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    while (next < items.length) {
      const index = next++;
      found[index] = await work(items[index]);
    }
  });
  await Promise.all(turns);
  return found;
}

function row(plan, real, scaled) {
  const [a, b] = [real.strategies[0], scaled.strategies[0]];
  const between = differenceInterval(
    { rate: a.failureRate, interval: a.interval },
    { rate: b.failureRate, interval: b.interval },
  );
  const agree = between[0] <= 0 && between[1] >= 0;
  return [
    plan.scenarios[0].name,
    plan.binders[0],
    rate(a),
    rate(b),
    `${points(a.failureRate - b.failureRate)} (${points(between[0])} to ${points(between[1])})`,
    predicted(a),
    predicted(b),
    agree ? 'yes' : 'no',
  ];
}

function rate({ failed, completed, failureRate, interval: [low, high] }) {
  return `${failed} of ${failed + completed}: ${percent(failureRate)} (${percent(low)} to ${percent(high)})`;
}

/** Of contention alone, where it can be said. */
function predicted({ prediction }) {
  return prediction === null ? '–' : prediction.interval.map(percent).join(' to ');
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function points(difference) {
  return (100 * difference).toFixed(1);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
