// fixtures/plans/firewall.yaml, run: what each binder does there, what is refused in one line, and what is left behind. As root.
//   node test/run/firewall.mjs     half a minute
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PLAN = fileURLToPath(new URL('../../fixtures/plans/firewall.yaml', import.meta.url));
const ONE_BLOCK = ['--binder', 'reuse-port', '--sessions', '4', '--blocks', '1', '--user-pi', 'lean'];
const HOME = readlinkSync('/proc/self/ns/net');

const base = mkdtempSync(join(tmpdir(), 'port20-firewall-'));
let wrong = 0;
try {
  await theTable();
  await broughtToAnEnd('SIGINT', 130);
  await broughtToAnEnd('SIGKILL', 'SIGKILL');
  await interruptedBetween();
  await refusals();
} finally {
  rmSync(base, { recursive: true, force: true });
}
console.log(wrong === 0 ? 'everything is as it is promised' : `${wrong} WRONG`);
process.exitCode = wrong === 0 ? 0 : 1;

/** A lost packet is sent again: no row of the lossy line need be without failures, but most of it arrives. */
async function theTable() {
  const out = join(base, 'result.json');
  const run = start(['stress', PLAN, '--quiet', '--out', out]);
  check('the plan runs to its end', await run.ended, 0);
  console.log(run.stdout);
  const { strategies, blocks } = JSON.parse(readFileSync(out, 'utf8'));
  for (const { scenario, contestant, offered, completed, failed } of strategies) {
    const told = `${scenario}: ${contestant} completed ${completed} of ${offered}`;
    const isShutOut = scenario === 'firewall' && contestant === 'ephemeral';
    if (isShutOut) check(told, offered > 0 && completed === 0 && failed === offered, true);
    else if (scenario === 'firewall') check(told, offered > 0 && failed === 0, true);
    else check(told, completed > offered / 2, true);
  }
  for (const { scenario, contestant, peakSockets, server, timeline } of blocks) {
    const isOnPort = contestant !== 'ephemeral';
    check(
      `${scenario}: ${contestant} had up to ${peakSockets} sockets on port 20`,
      peakSockets > 0,
      isOnPort,
    );
    // The server tells nothing of these: they were seen by the coordinator, in the namespace of the server.
    const seen = Math.max(...timeline.timeWaitSockets);
    check(`${scenario}: ${contestant} left up to ${seen} in TIME_WAIT there`, seen > 0, isOnPort);
    check(`${scenario}: ${contestant} was served at port ${server.port}`, server.port, 21);
  }
  check(
    'the report says why',
    /admits data connections from port 20 alone/.test(run.stdout.replace(/\s+/g, ' ')),
    true,
  );
  await nothingLeft('the end', run);
}

/** While its processes stand in namespaces of their own. */
async function broughtToAnEnd(signal, status) {
  const run = start(['stress', ...ONE_BLOCK, '--network', 'lossy', '--duration', '60s', '--json']);
  for (let isOut = false; !isOut && run.child.exitCode === null; isOut = apart(run).length >= 3)
    await delay(20);
  check(`${signal}: it had processes in namespaces of their own`, apart(run).length >= 3, true);
  run.child.kill(signal);
  check(`${signal} ends it`, await run.ended, status);
  await nothingLeft(signal, run);
}

/** Ctrl-C is for the whole process group, and here it comes while ip(8) changes the network for the second block. */
async function interruptedBetween() {
  const bin = join(base, 'slow');
  const calls = join(base, 'calls');
  mkdirSync(bin);
  const slowIp = `#!/bin/sh\necho >> ${calls}\nsleep 0.1\nexec ${realIp()} "$@"\n`;
  writeFileSync(join(bin, 'ip'), slowIp, { mode: 0o755 });
  const wanted = ['--network', 'firewall-port-20', '--blocks', '2', '--duration', '1s', '--json'];
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const run = start(['stress', ...ONE_BLOCK, ...wanted], { env, detached: true });
  const count = () => readOr(() => readFileSync(calls, 'latin1').length, 0);
  const until = async (reached) => {
    while (!reached() && run.child.exitCode === null) await delay(20);
  };
  await until(() => apart(run).length >= 3);
  const before = count();
  await until(() => count() > before);
  process.kill(-run.child.pid, 'SIGINT');
  check('SIGINT between two blocks ends it', await run.ended, 130);
  const blocks = readOr(() => JSON.parse(run.stdout).blocks.length, 0);
  check('SIGINT between two blocks: the one before is kept', blocks, 1);
  await nothingLeft('SIGINT between two blocks', run);
}

function realIp() {
  return ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'].find((path) => existsSync(path));
}

async function refusals() {
  const bin = join(base, 'bin');
  mkdirSync(bin);
  symlinkSync(realIp(), join(bin, 'ip'));
  const wanted = ['stress', ...ONE_BLOCK, '--network', 'firewall-port-20'];
  const withoutRight = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
  await refused(
    'no right to namespaces',
    /unshare: EPERM; it takes root/,
    start(wanted, { prefix: withoutRight }),
  );
  await refused('no nft', /nft is missing \(Debian: nftables\)/, start(wanted, { env: { PATH: bin } }));
  await refused('no ip', /ip is missing \(Debian: iproute2\)/, start(wanted, { env: { PATH: '/nowhere' } }));
}

async function refused(name, line, run) {
  check(`${name}: exit status`, await run.ended, 3);
  check(
    `${name}: one line (${run.stderr.trim()})`,
    line.test(run.stderr) && run.stderr.trim().split('\n').length,
    1,
  );
}

/** Every process of it carries a mark, wherever it is. */
function start(args, { prefix = [], env = {}, detached = false } = {}) {
  const mark = randomUUID();
  const [program, ...rest] = [...prefix, process.execPath, MAIN, ...args];
  const child = spawn(program, rest, {
    env: { ...process.env, ...env, MARK_OF_A_RUN: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  const run = { child, mark, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (text) => {
      run[name] += text;
    });
  run.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return run;
}

function processesOf({ mark }) {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && readOr(() => environOf(pid), '').includes(mark),
  );
}

function environOf(pid) {
  return readFileSync(`/proc/${pid}/environ`, 'latin1');
}

/** Those that serve and load in another network namespace than ours: the coordinator and ip(8) are there now and then. */
function apart(run) {
  return processesOf(run).filter(
    (pid) =>
      readOr(() => readlinkSync(`/proc/${pid}/ns/net`), HOME) !== HOME &&
      readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'), '').includes('/engine/'),
  );
}

function readOr(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise; // gone meanwhile
  }
}

/** The namespaces have no names: with the last process they are gone, and the devices and rules in them. */
async function nothingLeft(when, run) {
  for (let tries = 0; tries < 250 && processesOf(run).length > 0; tries++) await delay(20);
  check(`${when}: no process is left behind`, processesOf(run).length, 0);
}

function check(what, found, right) {
  const isRight = found === right;
  if (!isRight) wrong++;
  console.log(`${isRight ? 'ok   ' : 'WRONG'}  ${what}${isRight ? '' : `: ${found}, not ${right}`}`);
}
