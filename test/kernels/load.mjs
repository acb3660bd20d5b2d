// vsftpd, ProFTPD and two binders under load inside each guest: transfers a second by half-minute, on kernels with and
// without the fast path of SO_REUSEADDR. Nothing in it measures from outside: server and load are the guest's.
// Usage: npm run lab:load -- [--kernel vmlinuz]… [--changed] [--servers vsftpd,reuse-port] [--seconds 150] [--patience 60m] [--out FOLDER]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PreflightError, UsageError } from '../../dist/errors.js';
import { debianPackage } from '../../dist/peers/packages.js';
import { parseDurationMs } from '../../dist/units.js';
import { changedKernels } from './changed.mjs';
import { askGuest } from './guest.mjs';
import { DEBIAN_KERNELS, debianKernel, kernelOf } from './packages.mjs';

const SPAN_SECONDS = 30;
/** Where each package has its daemon. */
const DAEMONS = { vsftpd: ['vsftpd', 'usr/sbin/vsftpd'], proftpd: ['proftpd-core', 'usr/sbin/proftpd'] };
const PLAN = '/lab/plan.yaml';
/** What daemons and those who start them are, besides the packages. */
const PROGRAMS = ['/usr/bin/unshare', '/usr/bin/setpriv'];

const { values } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true, default: [] },
    changed: { type: 'boolean', default: false },
    servers: { type: 'string', default: 'vsftpd,proftpd,reuse-addr,reuse-port' },
    seconds: { type: 'string', default: '150' },
    patience: { type: 'string', default: '60m' },
    out: { type: 'string' },
  },
});

const servers = values.servers.split(',');
const say = (text) => process.stderr.write(`${text}\n`);

await main().catch((error) => {
  if (!(error instanceof PreflightError || error instanceof UsageError)) throw error;
  process.stderr.write(`lab:load: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 3;
});

async function main() {
  const kernels = values.kernel.map((image) => ({ name: '', ...kernelOf(image) }));
  if (kernels.length === 0) {
    for (const release of DEBIAN_KERNELS) kernels.push({ name: '', ...(await debianKernel(release)) });
  }
  if (values.changed) kernels.push(...(await changedKernels()));
  const measured = [];
  for (const kernel of kernels)
    measured.push({ title: `${kernel.version}${kernel.name}`, result: await underLoad(kernel) });
  process.stdout.write(`${table(measured)}\n`);
}

async function underLoad(kernel) {
  const peers = servers.filter((name) => name in DAEMONS);
  const daemons = [];
  for (const [name, path] of peers.map((peer) => DAEMONS[peer])) {
    const { folder, env } = await debianPackage(name, { onFetch: (one) => say(`fetching ${one}`) });
    daemons.push({ folder, file: join(folder, path), env });
  }
  const out = '/tmp/result.json';
  const stress = ['node', '/port20/dist/cli/main.js', 'stress', PLAN, '--out', out, '--quiet'];
  const questions = [{ name: 'load', command: stress, answerIn: out }];
  say(`booting ${kernel.version}${kernel.name}`);
  const patienceMs = parseDurationMs(values.patience);
  const { answers, seconds } = await askGuest({
    ...{ kernel, questions, patienceMs },
    programs: [...PROGRAMS.map((file) => ({ file })), ...daemons],
    trees: daemons.map(({ folder }) => folder),
    files: { [PLAN]: plan() },
  });
  const { status, answer, problem } = answers.get('load');
  say(`${kernel.version}${kernel.name}: ${seconds.toFixed(0)} s`);
  if (!answer.startsWith('{'))
    throw new PreflightError(`the load on ${kernel.version} ended with ${status}: ${problem.trim()}`);
  if (values.out !== undefined) {
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, `${kernel.version}${kernel.name}.load.json`), answer);
  }
  return JSON.parse(answer);
}

/** As fixtures/plans/sustained.yaml, with the patience that a slow guest needs. */
function plan() {
  const binders = servers.filter((name) => !(name in DAEMONS));
  return [
    'formatVersion: 1',
    'name: in-guest',
    ...(binders.length === 0 ? [] : [`binders: [${binders.join(', ')}]`]),
    `peers: [${servers.filter((name) => name in DAEMONS).join(', ')}]`,
    `baseline: ${servers.at(-1)}`,
    'blocks: 1',
    'workers: 2',
    'generators: 1',
    'userPi: lean',
    'timeUnit: 10ms',
    'timeout: 60s',
    `scenarios: [{name: small-files, sessions: 16, direction: retr, fileSize: 10B, duration: ${values.seconds}s}]`,
    '',
  ].join('\n');
}

/** Transfers a second, the most in TIME_WAIT and the time of a bind, by half-minute. */
function table(measured) {
  const spans = Math.floor(Number(values.seconds) / SPAN_SECONDS);
  const heads = Array.from({ length: spans }, (_, i) => `${i * SPAN_SECONDS}–${(i + 1) * SPAN_SECONDS} s`);
  const lines = measured.flatMap(({ title, result }) =>
    result.blocks.flatMap((block) => rows(title, block, spans)),
  );
  const all = [['kernel', 'server', 'in each half-minute', ...heads], Array(3 + spans).fill('---'), ...lines];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rows(title, { contestant, timeline }, spans) {
  const perSpan = (SPAN_SECONDS * 1000) / timeline.everyMs;
  const each = (values, work) =>
    Array.from({ length: spans }, (_, i) => work(values.slice(i * perSpan, (i + 1) * perSpan)));
  const known = (values) => values.filter((value) => value !== null);
  const rate = (counts) => (counts.reduce((sum, n) => sum + n, 0) / SPAN_SECONDS).toFixed(1);
  const most = (counts) => String(Math.max(0, ...known(counts)));
  const mean = (times) => {
    const some = known(times);
    return some.length === 0 ? '–' : (some.reduce((sum, ms) => sum + ms, 0) / some.length).toFixed(3);
  };
  const bindTimes =
    known(timeline.bindMs).length === 0
      ? []
      : [[title, contestant, 'ms of a bind', ...each(timeline.bindMs, mean)]];
  return [
    [title, contestant, 'transfers/s', ...each(timeline.completed, rate)],
    [title, contestant, 'most in TIME_WAIT', ...each(timeline.timeWaitSockets, most)],
    ...bindTimes,
  ];
}
