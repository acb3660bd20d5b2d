// The comparison: ours, Debian's daemons and stock ftp-srv under the same loads, in turns, each in a network namespace of its own.
// `npm run bench [-- --quick] [--seconds 0.7] [--rounds 5] [--rows REGEX] [--servers REGEX] [--sink] [--json FILE] [--svg FILE]`
// Linux with namespaces, as root for the daemons. Ratios are ours over theirs in one round; the table has medians and extremes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawing } from './drawing.mjs';
import { furnish, ROWS, SUSTAINED } from './rows.mjs';
import { SERVERS } from './servers.mjs';
import { table } from './table.mjs';

const HOST = fileURLToPath(new URL('./host.mjs', import.meta.url));
const NEEDED_BYTES = 2 * 1024 ** 3;
const USAGE = `usage: npm run bench -- [--quick] [--seconds 0.7] [--rounds 5] [--rows REGEX] [--servers REGEX] [--sink]
                        [--sustained 600] [--json FILE] [--svg FILE]
  ours, Debian's daemons and stock ftp-srv under the same loads, in turns; some 25 minutes, with --quick 4.
  A round before the first is not counted.`;
const { values } = parsed({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    rows: { type: 'string', default: '' },
    servers: { type: 'string', default: '' },
    sink: { type: 'boolean', default: false },
    sustained: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const { quick } = values;
const seconds = Number(values.seconds ?? 0.7);
/** Of a round that is not counted. */
const MOST_WARMUP_SECONDS = 0.5;
const rounds = Number(values.rounds ?? (quick ? 2 : 5));
if (!(seconds > 0 && seconds <= 60 && Number.isInteger(rounds) && rounds > 0 && rounds <= 100)) {
  console.error(`--seconds must be at most 60, --rounds a whole number up to 100\n${USAGE}`);
  process.exit(2);
}
/** How long the sustained load lasts: what TIME_WAIT comes to is seen behind the first minute. */
const sustainedSeconds = Number(values.sustained ?? 600);
const SUSTAINED_SECONDS = { ours: sustainedSeconds, others: Math.min(sustainedSeconds, 120) };
const IDLE_SESSIONS = quick ? 500 : 5000;
const IDLE_SESSIONS_OF_OTHERS = 200; // a process each

function parsed(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`${error.message.split('. ')[0]}\n${USAGE}`);
    process.exit(2);
  }
}

const selected = (all, pattern) =>
  Object.entries(all).filter(([name]) => new RegExp(pattern, 'i').test(name));
const rows = selected(ROWS, values.rows);
const hosts = [];
const missing = [];

/** In memory where there is room: the disk of this machine is not what is measured. */
function createPlace() {
  const { bavail, bsize } = statfsSync('/dev/shm');
  const base = bavail * bsize > NEEDED_BYTES ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(base, 'port20-bench-'));
  furnish(folder);
  return { root: folder, folder: mkdtempSync(join(base, 'port20-bench-')) };
}

class Host {
  #child;
  #ended;

  constructor(name, server) {
    this.name = name;
    this.ours = server.ours === true;
    this.rounds = server.rounds ?? Number.POSITIVE_INFINITY;
    const root = process.getuid() === 0 ? [] : ['--map-root-user'];
    this.#child = spawn('unshare', [...root, '--net', '--', process.execPath, HOST], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('error', () => {});
    this.#ended = once(this.#child, 'exit').then(() => [{ error: 'it ended' }]);
  }

  async ask(message) {
    if (!this.#child.connected) throw new Error('its namespace could not be made');
    this.#child.send(message);
    const [{ result, error }] = await Promise.race([once(this.#child, 'message'), this.#ended]);
    if (error !== undefined) throw new Error(error);
    return result;
  }

  async stop() {
    if (this.#child.exitCode !== null || !this.#child.connected) return;
    this.#child.disconnect();
    await this.#ended;
  }
}

async function startHosts(place) {
  for (const [name, server] of selected(SERVERS, values.servers)) {
    if (server.asked && !values.sink) continue;
    const host = new Host(name, server);
    try {
      await host.ask({ start: { name, place } });
      hosts.push(host);
    } catch (error) {
      missing.push({ name, why: error.message });
      console.error(`${name} is missing: ${error.message}`);
      await host.stop();
    }
  }
}

/** @returns { row, server, round, … } of each cell; what went wrong is in `error` */
async function measureRows() {
  const cells = [];
  // One round more comes before: what is compiled and cached with the first few thousand is not what a server costs.
  for (let round = -1; round < rounds; round++) {
    for (const [row, load] of rows) {
      for (const host of rotated(round).filter(({ rounds: most }) => round < most)) {
        const lasting = round < 0 ? Math.min(seconds, MOST_WARMUP_SECONDS) : seconds;
        const measured = await cell(host, { ...load, seconds: lasting, warmupSeconds: 0.25 });
        if (round >= 0) cells.push({ row, server: host.name, round, ...measured });
      }
    }
    console.error(`${round < 0 ? 'warmed up' : `round ${round + 1} of ${rounds}`}: ${elapsed()}`);
  }
  return cells.sort((a, b) => placeOf(a) - placeOf(b)); // tables name them in one order, whichever came first
}

const placeOf = ({ server }) => hosts.findIndex(({ name }) => name === server);

/** No server always comes behind the same other. */
function rotated(round) {
  return hosts.map((_, index) => hosts[(index + round + hosts.length) % hosts.length]);
}

async function cell(host, load) {
  try {
    return await host.ask({ load });
  } catch (error) {
    return { error: error.message };
  }
}

/** One after another: ours, with all cores, for ten minutes; the daemons with a fixed port, or REUSEPORT, for two. */
async function measureSustained() {
  const sustained = [];
  const asked = hosts.filter(({ name }) => /^(port20 ×2|vsftpd|ProFTPD|Pure-FTPd)/.test(name));
  for (const host of asked) {
    const length = host.ours ? SUSTAINED_SECONDS.ours : SUSTAINED_SECONDS.others;
    const result = await cell(host, { ...ROWS[SUSTAINED], seconds: length, warmupSeconds: 0 });
    sustained.push({ server: host.name, ...result });
    console.error(`${host.name}, ${length} s: ${elapsed()}`);
  }
  return sustained;
}

async function measureIdle() {
  const idle = [];
  for (const host of hosts) {
    const sessions = host.ours ? IDLE_SESSIONS : IDLE_SESSIONS_OF_OTHERS;
    try {
      idle.push({ server: host.name, sessions, ...(await host.ask({ idle: { sessions } })) });
    } catch (error) {
      idle.push({ server: host.name, sessions, error: error.message });
    }
  }
  return idle;
}

const startedAtMs = performance.now();
const elapsed = () => `${Math.round((performance.now() - startedAtMs) / 1000)} s`;

const place = createPlace();
const stopAll = async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  for (const folder of Object.values(place)) rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => stopAll().then(() => process.exit(130)));
let result;
try {
  await startHosts(place);
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    kernel: release(),
    node: process.version,
    folder: place.root.split('/port20')[0],
  };
  const idle = values.rows === '' ? await measureIdle() : [];
  const cells = await measureRows();
  const asked = values.sustained !== undefined || (!quick && values.rows === '');
  const sustained = asked ? await measureSustained() : [];
  result = { machine, seconds, rounds, missing, idle, cells, sustained };
} finally {
  await stopAll();
}
console.log(table(result));
console.log(`took ${elapsed()}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 1)}\n`);
if (values.svg !== undefined) writeFileSync(values.svg, drawing(result));
