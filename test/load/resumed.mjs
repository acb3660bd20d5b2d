// Breaks runs off in every way and has them go on: the lines of --attempts against the transfers of the result, block by
// block. `node test/load/resumed.mjs [seed]`; under two minutes. Full disks need root or user namespaces, and are small.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../dist/stats/random.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SEED = Number(process.argv[2] ?? 1);
/** No case begins later. */
const LIMIT_MS = 90_000;
const PLAN = `
seed: 3
binders: [reuse-port, legacy-bsd]
retry: none
blocks: 3
workers: 1
userPi: lean
scenarios: [{ name: load, sessions: 8, duration: 200ms, warmUp: 50ms }]
`;
const BLOCKS = 6;
const FLAGS = ['--attempts', 'lines', '--quiet', '--json'];
/** Of one process, which would otherwise be waited for in vain. */
const LONGEST_MS = 30_000;
const OWN = [...(process.geteuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];

const base = mkdtempSync(join(tmpdir(), 'port20-resumed-'));
const { uniform: random } = createRandom(SEED);
const beganAtMs = performance.now();
let wrong = 0;
let leftOut = 0;

try {
  await main();
} finally {
  rmSync(base, { recursive: true, force: true });
}
console.log(
  `${leftOut > 0 ? `${leftOut} cases left out for want of time; ` : ''}${wrong === 0 ? 'every line accounted for' : `${wrong} WRONG`}`,
);
process.exitCode = wrong === 0 ? 0 : 1;

async function main() {
  const whole = await uninterrupted();
  console.log(`seed ${SEED}; one run takes ${Math.round(whole.tookMs)} ms and ${whole.bytes} bytes`);
  row('broken off by', 'status', 'kept', 'partial', 'blocks', 'transfers', 'lines', '');
  const each = [
    () => signalled('Ctrl-C', ['SIGINT'], whole.tookMs),
    () => signalled('Ctrl-C twice', ['SIGINT', 'SIGINT'], whole.tookMs),
    () => signalled('SIGTERM', ['SIGTERM'], whole.tookMs),
    () => signalled('kill -9', ['SIGKILL'], whole.tookMs),
  ];
  const cases = [
    ...each,
    () => withoutFolder(whole.tookMs),
    ...['0002.ndjson', '0003.ndjson.unfinished', '0004.json.unfinished'].map((at) => () => killedWhen(at)),
    () => fullDisk('full disk: folder', 'disk/run', 'lines', whole.bytes),
    () => fullDisk('full disk: lines', 'run', 'disk/lines', whole.bytes),
    () => fullDisk('full disk: both', 'disk/run', 'disk/lines', whole.bytes),
    ...each,
    ...each,
  ];
  for (const one of cases) {
    if (performance.now() - beganAtMs > LIMIT_MS) leftOut++;
    else await one();
  }
}

async function uninterrupted() {
  const cwd = folder();
  const started = performance.now();
  const { status, stdout } = await ended(port20(cwd, newRun()));
  if (status !== 0 && status !== 4) throw new Error(`the run without an interruption ended with ${status}`);
  const tookMs = performance.now() - started;
  requireEqual(join(cwd, 'lines'), JSON.parse(stdout));
  const names = readdirSync(join(cwd, 'run/blocks')).map((name) => join(cwd, 'run/blocks', name));
  const bytes = [...names, join(cwd, 'lines')].reduce((sum, name) => sum + statSync(name).size, 0);
  return { tookMs, bytes };
}

/** At any moment of the run; the second signal soon after the first. */
async function signalled(name, signals, tookMs) {
  const cwd = folder();
  const child = port20(cwd, newRun());
  const atMs = (0.2 + 0.8 * random()) * tookMs; // before that Node is not up
  const over = ended(child);
  await Promise.race([delay(atMs), over]);
  for (const [i, signal] of signals.entries()) {
    if (i > 0) await Promise.race([delay(random() * 200), over]);
    child.kill(signal);
  }
  await goOn(`${name} after ${Math.round(atMs)} ms`, cwd, await over);
}

/** What has no folder cannot go on, but its file is as good as its result. */
async function withoutFolder(tookMs) {
  const cwd = folder();
  const child = port20(cwd, ['stress', 'plan.yaml', ...FLAGS]);
  const over = ended(child);
  await Promise.race([delay(tookMs * 0.7), over]);
  child.kill('SIGINT');
  const broken = await over;
  const file = join(cwd, 'lines');
  judge('Ctrl-C, no folder', { ...broken, kept: 0, file });
}

/** As soon as that file of the run's folder is there. */
async function killedWhen(file) {
  const cwd = folder();
  const blocks = join(cwd, 'run/blocks');
  mkdirSync(blocks, { recursive: true });
  const watcher = watch(blocks);
  const child = port20(cwd, newRun());
  watcher.on('change', (_, name) => name === file && child.kill('SIGKILL'));
  const broken = await ended(child);
  watcher.close();
  await goOn(`kill -9 at ${file}`, cwd, broken);
}

async function fullDisk(name, run, lines, bytes) {
  if (!mounts()) return row(name, 'skipped: no mount namespace');
  const cwd = folder();
  const kib = Math.round((bytes / 1024) * (0.1 + 0.15 * random()));
  const command = (...words) => [process.execPath, MAIN, ...words].map((word) => `'${word}'`).join(' ');
  const flags = ['--attempts', lines, '--quiet', '--json'];
  const script = `
    mkdir disk && mount -t tmpfs -o size=${kib}k none disk || exit 99
    ${command('stress', 'plan.yaml', '--dir', run, ...flags)} > stdout 2> stderr; echo $? > status
    cp ${lines} broken; ls ${run}/blocks > kept
    mount -o remount,size=64m disk
    ${command('stress', '--resume', run, ...flags)} > result 2> errors; status=$?
    [ ${lines} = lines ] || cp ${lines} lines; exit $status`;
  const child = spawn('unshare', [...OWN, 'sh', '-c', script], { cwd, stdio: 'inherit' });
  const resumed = await ended(child);
  const text = (file) => readFileSync(join(cwd, file), 'utf8');
  const kept = text('kept')
    .split('\n')
    .filter((file) => /^\d+\.json$/.test(file)).length;
  const before = {
    ...{ status: Number(text('status')), stdout: text('stdout'), stderr: text('stderr'), kept },
    ...{ file: join(cwd, 'broken'), fullDisk: true, mayLack: lines === 'disk/lines' },
  };
  const after = { status: resumed.status, stdout: text('result'), stderr: text('errors') };
  judge(`${name}, ${kib} KiB`, before, { ...after, file: join(cwd, 'lines') });
}

async function goOn(name, cwd, broken) {
  const blocks = join(cwd, 'run/blocks');
  const kept = existsSync(blocks) ? readdirSync(blocks).filter((file) => /^\d+\.json$/.test(file)).length : 0;
  const file = join(cwd, 'lines');
  const before = `${file}.broken`;
  if (existsSync(file)) writeFileSync(before, readFileSync(file));
  // Broken off before there was a run, it begins.
  const hasRun = existsSync(join(cwd, 'run/plan.yaml'));
  if (!hasRun) rmSync(join(cwd, 'run'), { recursive: true, force: true });
  const flags = hasRun ? ['stress', '--resume', 'run', ...FLAGS] : newRun();
  const resumed = await ended(port20(cwd, flags));
  judge(name, { ...broken, kept, file: before }, { ...resumed, file });
}

/**
 * What ended in order has printed a result, of which its file has the transfers, and so has the file of what went on.
 * @param before how it was broken off; `mayLack`: the disk of its lines was full, so that they are of the first blocks
 * @param after how it went on, where it could
 */
function judge(name, before, after) {
  const problems = [];
  const tried = (what, check) => {
    try {
      return check();
    } catch (error) {
      problems.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const partial = before.stdout === '' ? undefined : tried('printed', () => JSON.parse(before.stdout));
  const inOrder = partial && tried('before', () => requireEqual(before.file, partial, before.mayLack));
  if (before.fullDisk) tried('full disk', () => requireToldOnce(before));
  const result = after && tried('resumed', () => resultOf(after));
  const counts = result === undefined ? inOrder : tried('after', () => requireEqual(after.file, result));
  if (result !== undefined) tried('time', () => requireWholeTime(result, partial));
  if (problems.length > 0) wrong++;
  const cells = [before.status ?? 'killed', before.kept, partial?.blocks.length, result?.blocks.length];
  const all = [name, ...cells, counts?.transfers, counts?.lines].map((cell) => cell ?? '-');
  row(...all, problems.join('; ') || 'ok');
}

function requireToldOnce({ status, stderr }) {
  if (status !== 3 || !stderr.includes('ENOSPC')) throw new Error(`exit ${status}: ${stderr}`);
}

function resultOf({ status, stdout, stderr }) {
  // A machine that is too busy to offer anything in a block makes it invalid, and that is no matter of lines.
  if (status !== 0 && status !== 4) throw new Error(`exit ${status}: ${stderr}`);
  const result = JSON.parse(stdout);
  if (result.partial || result.blocks.length !== BLOCKS) throw new Error(`${result.blocks.length} blocks`);
  return result;
}

/** What was run before is in it, the block that was cut short too. */
function requireWholeTime({ blocks, durationMs }, partial) {
  const loadMs = blocks.reduce((ms, block) => ms + block.durationMs, 0);
  const leastMs = Math.floor(Math.max(loadMs, partial?.durationMs ?? 0));
  if (durationMs < leastMs) throw new Error(`${durationMs} ms for ${leastMs} ms`);
}

/** Block by block in the result's order, and nothing but whole lines. */
function requireEqual(file, result, mayLack = false) {
  const text = readFileSync(file, 'utf8');
  if (text !== '' && !text.endsWith('\n')) throw new Error('half a line');
  const lines = new Map();
  for (const line of text.split('\n').filter(Boolean)) {
    const { scenario, contestant, block } = JSON.parse(line);
    const key = `${scenario}/${contestant}/${block}`;
    lines.set(key, (lines.get(key) ?? 0) + 1);
  }
  const wanted = result.blocks
    .map(({ scenario, contestant, index, offered, warmUp }) => [
      `${scenario}/${contestant}/${index}`,
      offered + warmUp,
    ])
    .filter(([, count]) => count > 0);
  const found = [...lines];
  const expected = mayLack ? wanted.slice(0, found.length) : wanted;
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(found)} for ${JSON.stringify(expected)}`);
  }
  const total = (counts) => counts.reduce((sum, [, count]) => sum + count, 0);
  return { transfers: total(wanted), lines: total(found) };
}

function newRun() {
  return ['stress', 'plan.yaml', '--dir', 'run', ...FLAGS];
}

function folder() {
  const cwd = mkdtempSync(join(base, 'case-'));
  writeFileSync(join(cwd, 'plan.yaml'), PLAN);
  return cwd;
}

function port20(cwd, args) {
  const env = { PATH: process.env.PATH, TMPDIR: cwd };
  return spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child) {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [status] = await once(child, 'close');
  clearTimeout(timer);
  return { status, stdout, stderr };
}

function mounts() {
  return spawnSync('unshare', [...OWN, 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0;
}

function row(...cells) {
  const widths = [34, 8, 5, 8, 7, 10, 6];
  console.log(
    cells
      .map((cell, i) => String(cell).padEnd(widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}
