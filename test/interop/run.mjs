// Runs every client × feature × way against `serve --write` and prints the table. Start it by ./run.
// Usage: test/interop/run [--workers N] [--client a,b] [--feature a,b] [--way PORT] [--show] [--write-readme]. Exit 1 when a cell is red.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { casesOf, runCase, WAYS } from './cases.mjs';
import { CLIENTS } from './clients/index.mjs';
import { layLarge } from './disk.mjs';
import { FEATURES } from './features.mjs';
import { serve } from './serving.mjs';
import { formatTable, versionsOf } from './table.mjs';

const README = fileURLToPath(new URL('../../src/server/README.md', import.meta.url));
const [BEGIN, END] = ['<!-- interop: written by test/interop/run --write-readme -->', '<!-- /interop -->'];
const HOSTS = { 4: { host: '127.20.21.1', port: 21 }, 6: { host: 'fd20::20', port: 21 } };
/** Most of a case is waiting for processes to start and to answer. */
const AT_ONCE = 4;

const OPTIONS = {
  workers: { type: 'string', default: '1' },
  client: { type: 'string' },
  feature: { type: 'string' },
  way: { type: 'string' },
  show: { type: 'boolean', default: false },
  'write-readme': { type: 'boolean', default: false },
};

/** What the arguments ask for. @throws with a line for who wrote them */
function asked() {
  const { values } = parseArgs({ options: OPTIONS });
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1)
    throw new Error(`--workers '${values.workers}': not a number`);
  const { client, feature, way } = values;
  const partly = [client, feature, way].some((one) => one !== undefined);
  if (values['write-readme'] && partly) throw new Error('--write-readme wants the whole table: name no part');
  const ways = chosen('--way', Object.keys(WAYS), (name) => name, way);
  const clients = chosen('--client', CLIENTS, ({ name }) => name, client);
  const features = chosen('--feature', FEATURES, ({ id }) => id, feature);
  return { ...values, workers, ways, clients, features };
}

/** Those that `wanted` names, all when it names none. */
function chosen(flag, things, nameOf, wanted) {
  if (wanted === undefined) return things;
  return wanted.split(',').map((name) => {
    const thing = things.find((one) => nameOf(one) === name);
    if (!thing) throw new Error(`${flag} '${name}': one of ${things.map(nameOf).join(', ')}`);
    return thing;
  });
}

async function runAll(cases, place) {
  const results = new Array(cases.length);
  let next = 0;
  const lane = async () => {
    while (next < cases.length) {
      const number = next++;
      const startedAtMs = performance.now();
      results[number] = await runCase(cases[number], { ...place, number });
      results[number].tookMs = performance.now() - startedAtMs;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

async function serving(workers, work) {
  const folder = await mkdtemp(join(tmpdir(), 'interop-'));
  const stops = [];
  try {
    const place = { hosts: HOSTS, root: join(folder, 'root'), work: join(folder, 'work') };
    await layLarge(folder);
    await mkdir(place.root);
    for (const { host, port } of Object.values(HOSTS)) {
      const log = join(folder, `serve-${host}.log`);
      stops.push(await serve(host, port, { root: place.root, workers, log }));
    }
    return await work(place);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

const nameOf = ({ client, feature, wayName }) => `${client.name}, ${feature?.title ?? 'the way'}, ${wayName}`;

function printDialogues(results) {
  for (const one of results) {
    console.log(`\n--- ${nameOf(one)}: ${one.failures.join('; ') || 'as it should be'}`);
    console.log(one.said.trimEnd());
  }
}

async function writeReadme(table) {
  const text = await readFile(README, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${README} lacks the markers ${BEGIN} and ${END}`);
  await writeFile(README, `${text.slice(0, from)}${BEGIN}\n${table}\n${text.slice(to)}`);
}

function printSummary(results, failed, workers, startedAtMs) {
  for (const one of failed) console.log(`✗ ${nameOf(one)}: ${one.failures.join('; ')}`);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`${results.length} cases, ${failed.length} failed, --workers ${workers}, ${seconds} s`);
  const slowest = [...results].sort((one, other) => other.tookMs - one.tookMs).slice(0, 3);
  const named = slowest.map((one) => `${nameOf(one)} ${(one.tookMs / 1000).toFixed(1)} s`);
  console.log(`the slowest: ${named.join('; ')}`);
}

async function main({ clients, features, ways, workers, show, 'write-readme': write }) {
  const startedAtMs = performance.now();
  const cases = casesOf(clients, features).filter(({ wayName }) => ways.includes(wayName));
  const results = await serving(workers, (place) => runAll(cases, place));
  const failed = results.filter(({ failures }) => failures.length > 0);
  const table = `${formatTable(results, clients, features)}\n\n${versionsOf(clients)}.`;
  printDialogues(show ? results : failed);
  console.log(`\n${table}\n`);
  printSummary(results, failed, workers, startedAtMs);
  if (write) await writeReadme(table);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

let wanted;
try {
  wanted = asked();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
if (wanted !== undefined) await main(wanted);
