// Endurance: fixtures/plans/endurance.yaml against a server of two workers, which are killed meanwhile, beside clients that are killed
// in mid-transfer and readers that stall. Exit 1 for a failure that no kill explains, and for descriptors or memory that grow.
// `npx tsc -p . && node test/load/endurance.mjs [--transfers 50000] [--svg file]`: some minutes, loopback only.
import { fork, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { throwawayCertificate } from '../../dist/engine/throwaway-certificate.js';
import { MAIN, startServe, workersOf } from '../server/operation/trial.mjs';

const PLAN = fileURLToPath(new URL('../../fixtures/plans/endurance.yaml', import.meta.url));
const SERVER = { host: '127.77.8.1', port: 2121 };
const KILL_WORKER_EVERY_MS = 20_000;
const KILL_CLIENT_EVERY_MS = 1000;
const STALLED = 10;
const FILE_BYTES = 10_000_000;
/** What a kill breaks off is heard of by then. */
const HEARD_MS = 2000;

const { values } = parseArgs({
  options: {
    transfers: { type: 'string' },
    svg: { type: 'string' },
    victim: { type: 'boolean', default: false },
  },
});
if (values.victim) await victim();
else await main();

/** Uploads and downloads until it is killed. */
async function victim() {
  for (;;) {
    const control = connect({ ...SERVER, localAddress: '127.77.9.1' });
    control.on('error', () => {});
    control.write('USER anonymous\r\nTYPE I\r\nEPSV\r\n');
    let said = '';
    control.on('data', (text) => {
      said += text;
    });
    while (!/\|\|\|\d+\|/.test(said)) await sleep(5);
    const data = connect({
      host: SERVER.host,
      port: Number(/\|\|\|(\d+)\|/.exec(said)[1]),
      localAddress: '127.77.9.1',
    });
    data.on('error', () => {}).resume();
    const up = Math.random() < 0.5;
    control.write(up ? `STOR victim${process.pid}\r\n` : 'RETR large\r\n');
    if (up) data.write(Buffer.alloc(1_000_000));
    await Promise.race([once(data, 'close'), sleep(500)]).catch(() => {});
    data.destroy();
    control.destroy();
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'port20-endurance-'));
  const path = (name) => join(folder, name);
  const { cert, key } = throwawayCertificate();
  mkdirSync(path('root'));
  writeFileSync(path('cert.pem'), cert);
  writeFileSync(path('key.pem'), key, { mode: 0o600 });
  writeFileSync(path('root/large'), Buffer.alloc(FILE_BYTES));
  writeFileSync(path('root/f'), Buffer.alloc(4096, 'x'));
  const place = [
    '--listen',
    `${SERVER.host}:${SERVER.port}`,
    '--root',
    path('root'),
    '--write',
    '--workers',
    '2',
  ];
  const tls = ['--tls-cert', path('cert.pem'), '--tls-key', path('key.pem')];
  const more = ['--log-level', 'silent', '--stall-timeout', '10s', '--keep-parts', '1s'];
  const server = await startServe([...place, ...tls, ...more]);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const watched = watch(server.pid, stop.signal);
  const kills = [];
  const plagues = [
    plague(() => killWorker(server.pid, kills), KILL_WORKER_EVERY_MS, stop.signal),
    plague(killClient, KILL_CLIENT_EVERY_MS, stop.signal),
    ...Array.from({ length: STALLED }, () => plague(stall, 0, stop.signal)),
  ];
  try {
    writeFileSync(path('plan.yaml'), targetPlan());
    const status = await stress([
      path('plan.yaml'),
      '--attempts',
      path('attempts'),
      '--out',
      path('result.json'),
    ]);
    stop.abort();
    await Promise.all(plagues);
    const found = await explained(path('attempts'), kills);
    await sleep(12_000); // what stalled is ended by now
    judge(found, await watched, status, kills, server.pid);
  } finally {
    stop.abort();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The same loads against a server that runs already. */
function targetPlan() {
  const { binders: _, baseline: __, workers: ___, scenarios, ...plan } = parse(readFileSync(PLAN, 'utf8'));
  const all = scenarios.reduce((sum, { transfers }) => sum + transfers, 0);
  const wanted = values.transfers === undefined ? all : Number(values.transfers);
  const scaled = scenarios.map(({ transfers, ...one }) => ({
    ...one,
    duration: '12h',
    transfers: Math.round((transfers / all) * wanted),
  }));
  const target = `ftp://${SERVER.host}:${SERVER.port}/f`;
  return stringify({
    ...plan,
    targets: [target],
    abortOn: ['*.failureRate > 5%'],
    abortAfter: 1,
    scenarios: scaled,
  });
}

async function stress(args) {
  const child = spawn(process.execPath, [MAIN, 'stress', ...args, '--quiet'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  return status;
}

async function plague(strike, everyMs, signal) {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await strike(signal).catch(() => {});
  }
}

async function killWorker(pid, kills) {
  const workers = workersOf(pid);
  const worker = workers[Math.floor(Math.random() * workers.length)];
  process.kill(worker, 'SIGKILL');
  kills.push(Number(process.hrtime.bigint()) / 1e6);
}

async function killClient() {
  const child = fork(fileURLToPath(import.meta.url), ['--victim'], { stdio: 'ignore' });
  await sleep(500 + 500 * Math.random());
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Asks for a large file, and reads nothing of it until the server has enough. */
async function stall(signal) {
  const control = connect({ ...SERVER, localAddress: '127.77.9.2' });
  control.on('error', () => {});
  let said = '';
  control.on('data', (text) => {
    said += text;
  });
  control.write('USER anonymous\r\nTYPE I\r\nEPSV\r\n');
  while (!/\|\|\|\d+\|/.test(said) && !control.destroyed) await sleep(10);
  const data = connect({
    host: SERVER.host,
    port: Number(/\|\|\|(\d+)\|/.exec(said)[1]),
    localAddress: '127.77.9.2',
  });
  data.on('error', () => {}).pause();
  control.write('RETR large\r\n');
  while (!/^4\d\d /m.test(said) && !control.destroyed && !signal.aborted) await sleep(100);
  data.destroy();
  control.destroy();
}

/** What all processes of the service have, each second. @returns the samples */
async function watch(pid, signal) {
  const samples = [];
  const startedAtMs = performance.now();
  while (!signal.aborted) {
    samples.push({ second: (performance.now() - startedAtMs) / 1000, ...holdings(pid) });
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
  return samples;
}

function holdings(pid) {
  let [descriptors, mebibytes] = [0, 0];
  for (const one of [pid, ...workersOf(pid)]) {
    try {
      descriptors += readdirSync(`/proc/${one}/fd`).length;
      mebibytes +=
        Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // it was killed at this moment
    }
  }
  return { descriptors, mebibytes };
}

/** A transfer that was under way, or whose session was, when a worker was killed may fail; nothing else may. */
async function explained(file, kills) {
  const found = { completed: 0, byKills: 0, unexplained: [] };
  for await (const line of createInterface(createReadStream(file))) {
    const { outcome, startedAtMs, endedAtMs, scenario, command } = JSON.parse(line);
    if (outcome === 'completed') found.completed++;
    else if (kills.some((at) => at >= startedAtMs - HEARD_MS && at <= endedAtMs)) found.byKills++;
    else found.unexplained.push(`${scenario} ${command} ${outcome}`);
  }
  return found;
}

function judge(found, samples, status, kills, pid) {
  const { descriptors, mebibytes } = holdings(pid);
  const quarter = Math.ceil(samples.length / 4);
  const median = (some, of) => some.map(of).sort((a, b) => a - b)[Math.floor(some.length / 2)];
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const level = (of) => [median(early, of), median(late, of)].map(Math.round);
  const fds = level((one) => one.descriptors);
  const memory = level((one) => one.mebibytes);
  const seconds = samples.at(-1).second;
  const rate = Math.round(found.completed / seconds);
  console.log(
    `${found.completed} transfers completed in ${Math.round(seconds)} s (${rate} a second), stress ended with ${status}`,
  );
  console.log(
    `${kills.length} workers killed, which explains ${found.byKills} failures; ${found.unexplained.length} are not explained`,
  );
  console.log(
    `descriptors, all processes: ${fds[0]} in the second quarter, ${fds[1]} in the last, ${descriptors} afterwards`,
  );
  console.log(
    `memory: ${memory[0]} MiB in the second quarter, ${memory[1]} in the last, ${Math.round(mebibytes)} afterwards`,
  );
  for (const one of found.unexplained.slice(0, 20)) console.log(`  ${one}`);
  if (values.svg !== undefined) writeFileSync(values.svg, picture(samples, kills));
  const grown = fds[1] > fds[0] * 1.5 + 20 || memory[1] > memory[0] * 1.5 + 50;
  process.exitCode = found.unexplained.length === 0 && found.completed > 0 && !grown ? 0 : 1;
}

/** Both curves over time, by hand: each from 0 to its highest. */
function picture(samples, kills) {
  const [width, height, left] = [820, 150, 60];
  const end = samples.at(-1).second;
  const x = (second) => (left + (second / end) * (width - left - 20)).toFixed(1);
  const panel = (name, unit, of, top) => {
    const most = Math.max(...samples.map(of));
    const points = samples.map(
      (one) => `${x(one.second)},${(top + height - (of(one) / most) * height).toFixed(1)}`,
    );
    return `<text x="${left}" y="${top - 8}">${name}, at most ${Math.round(most)}${unit}</text>
<path d="M${left} ${top}V${top + height}H${width - 20}" fill="none" stroke="#999"/>
<polyline points="${points.join(' ')}" fill="none" stroke="#4e79a7"/>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="420" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${panel('Descriptors of all processes', '', (one) => one.descriptors, 30)}
${panel('Memory of all processes', ' MiB', (one) => one.mebibytes, 230)}
<text x="${left}" y="405">0 to ${Math.round(end)} s; ${kills.length} workers killed meanwhile</text>
</svg>
`;
}
