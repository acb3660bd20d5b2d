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

async function refusals() {
  const bin = join(base, 'bin');
  mkdirSync(bin);
  const [ip] = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'].filter((path) => existsSync(path));
  symlinkSync(ip, join(bin, 'ip'));
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
function start(args, { prefix = [], env = {} } = {}) {
  const mark = randomUUID();
  const [program, ...rest] = [...prefix, process.execPath, MAIN, ...args];
  const child = spawn(program, rest, {
    env: { ...process.env, ...env, MARK_OF_A_RUN: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
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

/** Those in another network namespace than ours. */
function apart(run) {
  return processesOf(run).filter((pid) => readOr(() => readlinkSync(`/proc/${pid}/ns/net`), HOME) !== HOME);
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
