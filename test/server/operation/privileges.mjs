// Port 20 without root: as an unprivileged user with the one capability, and as root that gives itself up. A hundred
// transfers at once from port 20, and again after a worker was killed; who the processes are, thread by thread.
// `npx tsc -p . && node test/server/operation/privileges.mjs`: as root on Linux, half a minute, in a network namespace of
// its own. Exit 1 when something of it does not hold.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSocketsAt } from '../../../dist/net/socket-table.js';
import {
  Client,
  finish,
  MAIN,
  servesNow,
  socketsOf,
  startServe,
  threadsOf,
  until,
  workersOf,
} from './trial.mjs';

const USER = 'nobody';
const UID = 65534;
const TRANSFERS = 100;
/** Far more than both ends' buffers take: each transfer waits for its reader. */
const FILE_BYTES = 16_000_000;
const HOST = '127.0.0.1';
/** CAP_NET_BIND_SERVICE and nothing else. */
const ONE_CAPABILITY = '0000000000000400';
const FIELDS = ['Uid', 'Gid', 'Groups', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs'];

const reason = unable();
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
} else if (process.argv[2] !== 'inside') {
  const script = `ip link set lo up && exec "$0" "$1" inside`;
  const own = ['--net', 'sh', '-c', script, process.execPath, fileURLToPath(import.meta.url)];
  process.exitCode = spawnSync('unshare', own, { stdio: 'inherit' }).status ?? 1;
} else {
  await inside();
}

function unable() {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.geteuid() !== 0) return 'it needs root, to have something to give up';
  if (spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status !== 0)
    return 'it needs a network namespace (unshare, ip)';
  const asUser = ['--reuid', USER, '--clear-groups', process.execPath, MAIN, '--version'];
  if (spawnSync('setpriv', asUser).status !== 0) return `${USER} cannot start port20 from this folder`;
  return undefined;
}

async function inside() {
  const root = mkdtempSync(join(tmpdir(), 'port20-privileges-'));
  try {
    chmodSync(root, 0o755);
    writeFileSync(join(root, 'file'), '');
    truncateSync(join(root, 'file'), FILE_BYTES);
    await remainsOfRoot(root);
    for (const workers of [1, 2]) {
      await asUser(root, workers);
      await asRootThatGivesUp(root, workers);
    }
    await withoutNeed(root);
    await refusals(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function asUser(root, workers) {
  const own = ['--reuid', USER, '--regid', 'nogroup', '--clear-groups', '--no-new-privs'];
  const one = ['--inh-caps', '-all,+net_bind_service', '--ambient-caps', '+net_bind_service'];
  const command = [
    'setpriv',
    ...own,
    ...one,
    '--bounding-set',
    '-all,+net_bind_service',
    process.execPath,
    MAIN,
  ];
  await tryOut(
    `${USER} with CAP_NET_BIND_SERVICE (setpriv), --workers ${workers}`,
    root,
    workers,
    [],
    command,
  );
}

async function asRootThatGivesUp(root, workers) {
  await tryOut(`root, --user ${USER}, --workers ${workers}`, root, workers, ['--user', USER]);
}

async function tryOut(title, root, workers, flags, command) {
  console.log(`\n${title}`);
  const place = ['--listen', `${HOST}:21`, '--root', root, '--log-level', 'silent'];
  const server = await startServe([...place, '--workers', String(workers), ...flags], command);
  tellWho(server.pid);
  await hundredAtOnce(server.pid);
  if (workers > 1) await withoutOne(server.pid);
  check('stops by SIGTERM', await server.stop(), 143);
}

/** kill -9 of a worker: the primary, long without root, starts another, which must have the capability, too. */
async function withoutOne(pid) {
  const before = workersOf(pid);
  process.kill(before[0], 'SIGKILL');
  await until(() => workersOf(pid).length === before.length && !workersOf(pid).includes(before[0]));
  const replacement = workersOf(pid).find((worker) => !before.includes(worker));
  console.log(`  worker ${before[0]} killed, ${replacement} in its place`);
  await servesNow(replacement, { host: HOST, port: 21 });
  tellWho(pid);
  await hundredAtOnce(pid);
}

async function hundredAtOnce(pid) {
  const clients = await Promise.all(
    Array.from({ length: TRANSFERS }, (_, index) =>
      Client.loggedIn({ host: HOST, port: 21, from: `127.0.2.${index + 1}` }),
    ),
  );
  const held = await Promise.all(clients.map((client) => client.begin('RETR file')));
  const live = readSocketsAt({ address: HOST, port: 20 }, ['ESTABLISHED']).length;
  check('transfers held at once, all from port 20', held.filter(({ from }) => from === 20).length, TRANSFERS);
  check('established sockets on port 20 (of the kernel)', live, TRANSFERS);
  const workers = workersOf(pid);
  const shares = (workers.length === 0 ? [pid] : workers).map((one) => socketsOf(one, HOST, 20).length);
  check(
    `each process has some of them (${shares.join(', ')})`,
    shares.every((share) => share > 0),
    true,
  );
  const ends = await Promise.all(held.map(finish));
  const whole = ends.filter(({ bytes, reply }) => bytes === FILE_BYTES && reply.startsWith('226 ')).length;
  check('of them whole, with 226', whole, TRANSFERS);
  for (const client of clients) client.close();
}

function tellWho(pid) {
  for (const one of [pid, ...workersOf(pid)]) {
    for (const { line, threads } of threadsOf(one, FIELDS)) {
      console.log(`  process ${one}, ${threads} threads: ${line}`);
      check('  is the user, in every id', new RegExp(`^Uid (${UID} ?){4};`).test(line), true);
      check(
        '  has the one capability',
        line.includes(`CapPrm ${ONE_CAPABILITY}; CapEff ${ONE_CAPABILITY}`),
        true,
      );
    }
  }
}

/** What root left on port 20 must not stand in the way of the user who comes next (SO_REUSEPORT's rule of the uid). */
async function remainsOfRoot(root) {
  console.log('\nroot itself, and then the user on the same port');
  const place = ['--listen', `${HOST}:21`, '--root', root, '--log-level', 'silent'];
  const asRoot = await startServe(place);
  const client = await Client.loggedIn({ host: HOST, port: 21 });
  await finish(await client.begin('LIST'));
  check('warns that it serves as root', /warning: it serves as root/.test(asRoot.said()), true);
  const running = await client.begin('RETR file');
  const stopped = asRoot.stop();
  await finish(running);
  check('exit status', await stopped, 143);
  const left = readSocketsAt({ address: HOST, port: 20 }, ['TIME_WAIT']).length;
  check('sockets of root in TIME_WAIT on port 20, at least one', left > 0, true);
  const asUser = await startServe([...place, '--user', USER]);
  const next = await Client.loggedIn({ host: HOST, port: 21 });
  const { from, ...transfer } = await next.begin('RETR file');
  check('the user beside them: from port', from, 20);
  check('the reply', (await finish(transfer)).reply.slice(0, 3), '226');
  await asUser.stop();
}

/** Ports from 1024 on are everybody's: no capability is kept for them. */
async function withoutNeed(root) {
  console.log(`\nroot, --user ${USER}, on ports that need nothing`);
  const place = ['--listen', `${HOST}:2121`, '--root', root, '--log-level', 'silent'];
  const server = await startServe([...place, '--user', USER, '--group', 'daemon']);
  const [{ line, threads }, ...others] = threadsOf(server.pid, FIELDS);
  console.log(`  process ${server.pid}, ${threads} threads: ${line}`);
  check(
    'no capability, in no thread',
    /CapPrm 0+; CapEff 0+; CapAmb 0+;/.test(line) && others.length === 0,
    true,
  );
  check('the group that was named', /Gid (1 ?){4};/.test(line), true);
  await server.stop();
}

async function refusals(root) {
  console.log('\nwhat cannot be');
  const closed = join(root, 'closed');
  spawnSync('mkdir', ['-m', '700', closed]);
  const place = ['--listen', `${HOST}:21`];
  const cases = [
    ['a root that the user may not read', ['--user', USER, '--root', closed], 3, /may not read root/],
    ['no such user', ['--user', 'no-such-user', '--root', root], 2, /there is no user/],
  ];
  for (const [title, args, status, words] of cases) {
    const { status: found, stderr } = spawnSync(process.execPath, [MAIN, 'serve', ...place, ...args], {
      encoding: 'utf8',
    });
    check(`${title}: exit status`, found, status);
    check(`  one line, ${words}`, words.test(stderr) && stderr.trimEnd().split('\n').length === 1, true);
  }
}

function check(what, found, wanted) {
  const good = found === wanted;
  console.log(`  ${good ? 'ok  ' : 'NOT '} ${what}: ${found}${good ? '' : `, not ${wanted}`}`);
  if (!good) process.exitCode = 1;
}
