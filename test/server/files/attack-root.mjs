// An attack on the root of a running server, over TCP: names, links, folders that are renamed in mid-transfer, and a second
// process that exchanges folders and links all the while. A canary outside must never be read, listed or changed.
// node test/server/files/attack-root.mjs [--tries 100000] [--sessions 8] [--workers 1] [--links inside] [--paths]
// First the same against `--links follow`, where the attack must succeed: one that cannot proves nothing. Needs a build.
import { fork } from 'node:child_process';
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ScriptedSession, startServer } from './scripted.mjs';

/** Of the canary, so that facts of it are known again wherever they show up. */
const CANARY_BYTES = 48_611;
const CANARY_TIME = new Date('1999-03-14T15:09:26Z');
const CANARY_MODIFIED = '19990314150926';

async function main() {
  const { values } = parseArgs({
    options: {
      tries: { type: 'string', default: '100000' },
      sessions: { type: 'string', default: '8' },
      workers: { type: 'string', default: '1' },
      links: { type: 'string', default: 'inside' },
      seconds: { type: 'string', default: '600' },
      paths: { type: 'boolean', default: false },
    },
  });
  const asked = { ...values, tries: Number(values.tries), sessions: Number(values.sessions) };
  const proof = await attack({ ...asked, links: 'follow', tries: 3000 });
  report('--links follow, which must be broken', proof);
  const result = await attack(asked);
  report(`--links ${asked.links}`, result);
  const well = proof.breaches.length > 0 && result.breaches.length === 0 && result.tries >= asked.tries;
  console.log(well ? 'ok' : 'FAILED');
  process.exit(well ? 0 : 1);
}

function report(title, { tries, counts, transferred, breaches, tookMs, exchanges }) {
  console.log(
    `${title}: ${tries} tries in ${Math.round(tookMs / 1000)} s, ${exchanges} exchanges beside them`,
  );
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b));
  console.log(`  replies: ${sorted.map(([code, count]) => `${code} ${count}`).join(', ')}`);
  console.log(`  transfers begun: ${transferred}`);
  console.log(
    `  breaches: ${breaches.length}${breaches
      .slice(0, 3)
      .map((one) => `\n    ${one}`)
      .join('')}`,
  );
}

async function attack({ tries, sessions, workers, links, seconds, paths }) {
  const base = mkdtempSync(join(tmpdir(), 'port20-attack-'));
  const place = {
    base,
    root: join(base, 'root'),
    outside: join(base, 'outside'),
    workshop: join(base, 'workshop'),
    token: `CANARY${randomUUID()}`,
  };
  makeOutside(place);
  mkdirSync(place.root);
  mkdirSync(place.workshop);
  for (const name of Object.keys(INSIDE)) renew(name, place, loadRenameat2());
  const env = paths ? { PORT20_NO_FFI: '1' } : {};
  const binder = paths ? ['--binder', 'reuse-addr'] : [];
  const flags = ['--write', '--links', links, '--workers', workers, ...binder];
  const server = await startServer(place.root, flags, { env, cwd: base });
  const exchanger = fork(fileURLToPath(import.meta.url), [JSON.stringify(place)]);
  const state = {
    place,
    tries: 0,
    most: tries,
    counts: new Map(),
    transferred: 0,
    breaches: [],
    exchanges: 0,
  };
  exchanger.on('message', (exchanges) => {
    state.exchanges = exchanges;
  });
  state.untouched = fingerprint(place);
  const startedMs = performance.now();
  state.endMs = startedMs + Number(seconds) * 1000;
  const watch = setInterval(() => checkOutside(state), 1000);
  try {
    await Promise.race([
      Promise.all(Array.from({ length: sessions }, () => intrude(state, server))),
      server.ended.then((how) => Promise.reject(new Error(how))),
      once(exchanger, 'exit').then(() => Promise.reject(new Error('the exchanger ended'))),
    ]);
    checkOutside(state);
    return { ...state, tookMs: performance.now() - startedMs };
  } finally {
    clearInterval(watch);
    exchanger.kill('SIGKILL');
    server.kill('SIGTERM');
    await server.ended;
    rmSync(base, { recursive: true, force: true });
  }
}

function makeOutside({ outside, token }) {
  mkdirSync(join(outside, `folder-${token}`), { recursive: true });
  for (const name of ['f', 'big', `name-${token}`]) {
    writeFileSync(join(outside, name), token.repeat(2000).slice(0, CANARY_BYTES));
    chmodSync(join(outside, name), 0o644);
    utimesSync(join(outside, name), CANARY_TIME, CANARY_TIME);
  }
  mkdirSync(join(outside, 'd'));
}

/** What the intruders and the exchanger work with, by its name in the root. */
const INSIDE = {
  x: folder,
  y: folder,
  d: folder,
  store: folder,
  deep(path, { outside }) {
    mkdirSync(`${path}/a/b`, { recursive: true });
    writeFileSync(`${path}/a/b/f`, 'inside');
    writeFileSync(`${path}/a/b/big`, Buffer.alloc(3_000_000, 'inside '));
    symlinkSync('../../../../outside', `${path}/a/b/up`);
    symlinkSync(outside, `${path}/a/b/out`);
  },
  g: (path) => writeFileSync(path, 'inside'),
  'x-link': link(() => '../outside'),
  'y-link': link(({ outside }) => outside),
  'g-link': link(({ outside }) => `${outside}/f`),
  'l-abs': link(({ outside }) => outside),
  'l-rel': link(() => '../outside'),
  'l-far': link(({ outside }) => `${'../'.repeat(20)}${outside}`),
  'l-magic': link(({ outside }) => `/proc/self/root${outside}`),
  'l-file': link(({ outside }) => `${outside}/f`),
};

function folder(path) {
  mkdirSync(`${path}/d`, { recursive: true });
  writeFileSync(`${path}/f`, 'inside');
}

function link(textOf) {
  return (path, place) => symlinkSync(textOf(place), path);
}

/** Made where no client gets and brought in by one rename: a write through a path of the root would follow its links. */
function renew(name, place, renameat2) {
  const made = join(place.workshop, `${name}-${renewals++}`);
  INSIDE[name](made, place);
  const there = join(place.root, name);
  if (renameat2(made, there, RENAME_NOREPLACE) !== 0) renameat2(made, there, RENAME_EXCHANGE);
  try {
    rmSync(made, { recursive: true, force: true });
  } catch {
    // a session is still at work in it: it goes with the base
  }
}

let renewals = 0;

const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;

function loadRenameat2() {
  const koffi = createRequire(import.meta.url)('koffi');
  const call = koffi.load(null).func('int renameat2(int, const char *, int, const char *, uint32_t)');
  return (from, to, flags) => call(-100, from, -100, to, flags);
}

/** In a process of its own: what was a folder when it was looked at is a link out when it is used, and the other way round. */
function exchangeForEver(text) {
  const place = JSON.parse(text);
  const renameat2 = loadRenameat2();
  const within = (name) => join(place.root, name);
  let exchanges = 0;
  const rename = (from, to, flags) => {
    if (renameat2(within(from), within(to), flags) === 0) exchanges++;
  };
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const some = () => {
    for (let i = 0; i < 100; i++) {
      for (const name of ['x', 'y', 'g']) rename(name, `${name}-link`, RENAME_EXCHANGE);
      // While the kernel follows the `..` of deep/a/b/up, the folder is somewhere else.
      rename('deep/a/b', 'b', RENAME_NOREPLACE);
      rename('b', 'deep/a/b', RENAME_NOREPLACE);
    }
    renew(pick(Object.keys(INSIDE)), place, renameat2);
    process.send(exchanges);
    setImmediate(some);
  };
  some();
}

const NAMES = [
  'x',
  'y',
  'x-link',
  'y-link',
  'g',
  'g-link',
  'l-abs',
  'l-rel',
  'l-far',
  'l-magic',
  'l-file',
  'deep',
  'a',
  'b',
  'up',
];
const STEPS = [
  ...NAMES,
  ...NAMES,
  'd',
  'f',
  'f',
  'big',
  'store',
  'outside',
  '..',
  '..',
  '..',
  '.',
  '',
  '...',
];
const ODD = [
  '..\\..',
  '%2e%2e',
  '%2e%2e%2f',
  '..\xc0\xaf',
  '\xff\xff..',
  '.. ',
  ' ..',
  '~',
  '..;',
  '\xe9',
  '-al',
  '*',
  '/',
];

function pick(list) {
  return list[randomInt(list.length)];
}

function anyPath({ root, outside, base }) {
  const steps = Array.from({ length: 1 + randomInt(5) }, () =>
    randomInt(12) === 0 ? pick(ODD) : pick(STEPS),
  );
  const start = pick([
    '',
    '',
    '/',
    '/',
    '../',
    '../../../../',
    `${outside}/`,
    `..${outside}/`,
    `/..${base}/`,
    `${root}/../outside/`,
  ]);
  const likely = pick([
    'x/f',
    'y/f',
    'g',
    'deep/a/b/up/f',
    'b/up/f',
    'l-abs/f',
    'l-rel/f',
    'l-file',
    'x',
    'y',
    'x/d',
    'y/new',
  ]);
  return randomInt(3) === 0 ? likely : start + steps.join('/');
}

const QUESTIONS = ['SIZE', 'MDTM', 'MLST', 'STAT', 'CWD', 'SITE CHMOD 777', 'MFMT 20200101000000'];
const CHANGES = ['DELE', 'RMD', 'MKD', 'RNFR', 'RNTO'];

/** One line without a data connection; what changes is rarer, or there would soon be nothing to attack. */
function anyCommand(place) {
  const verb = randomInt(4) === 0 ? pick(CHANGES) : pick(QUESTIONS);
  if (verb === 'CWD' && randomInt(2) === 0) return 'CWD /';
  if (verb === 'RNFR') return `RNFR ${anyPath(place)}\r\nRNTO ${anyPath(place)}`;
  return `${verb} ${anyPath(place)}`;
}

const BATCH = 20;

async function intrude(state, server) {
  const session = await ScriptedSession.loggedIn(server);
  while (state.tries < state.most && performance.now() < state.endMs) {
    if (randomInt(3) > 0) await transfer(state, session);
    else await ask(state, session);
  }
  session.destroy();
}

async function ask(state, session) {
  const lines = Array.from({ length: BATCH }, () => anyCommand(state.place)).flatMap((line) =>
    line.split('\r\n'),
  );
  session.send(lines.map((line) => `${line}\r\n`).join(''));
  for (const line of lines) judge(state, line, await session.reply());
}

const TRANSFERS = ['RETR', 'RETR', 'RETR', 'LIST', 'NLST', 'MLSD', 'STOR', 'APPE'];

async function transfer(state, session) {
  const big = randomInt(6) === 0;
  const line = big ? 'RETR /deep/a/b/big' : `${pick(TRANSFERS)} ${anyPath(state.place)}`;
  const upload = /^(STOR|APPE)/.test(line) ? Buffer.alloc(1 + randomInt(100_000), 'ATTACK ') : undefined;
  const chunks = [];
  const replies = await session.transfer(line, {
    ...(upload && { upload }),
    onData: (chunk) => chunks.push(chunk),
    onBegun: () => state.transferred++,
  });
  for (const reply of replies) judge(state, line, reply);
  state.tries -= replies.length - 1; // one try, whatever is said of it
  const content = Buffer.concat(chunks).toString('latin1');
  // Of the answers only: a listing tells the name that was asked for.
  if (tellsOfCanary(state, content)) state.breaches.push(`${line}: ${content.slice(0, 200)}`);
}

function judge(state, line, reply) {
  const replyCode = reply.slice(0, 3);
  if (replyCode !== '502') state.tries++; // a verb that there is not is no try
  state.counts.set(replyCode, (state.counts.get(replyCode) ?? 0) + 1);
  if (tellsOfCanary(state, reply)) state.breaches.push(`${line}: ${reply}`);
}

/** Its content, a name beside it, its size or its time. */
function tellsOfCanary({ place }, text) {
  const size = new RegExp(
    `(^213 |size=| )${CANARY_BYTES}[; \\r]|\\(${CANARY_BYTES} bytes|^213 ${CANARY_BYTES}$`,
    'm',
  );
  return text.includes(place.token) || text.includes(CANARY_MODIFIED) || size.test(text);
}

function checkOutside(state) {
  const now = fingerprint(state.place);
  if (now === state.untouched) return;
  state.breaches.push('something outside of the root was changed');
  state.untouched = now;
}

/** Everything in the base but what is in the root. */
function fingerprint({ base, outside }) {
  const hash = createHash('sha256').update(readdirSync(base).sort().join('/'));
  for (const name of ['', ...readdirSync(outside, { recursive: true }).sort()]) {
    const facts = lstatSync(join(outside, name), { throwIfNoEntry: false });
    hash.update(JSON.stringify([name, facts?.mode, facts?.size, facts?.mtimeMs, facts?.ctimeMs, facts?.ino]));
    if (facts?.size === CANARY_BYTES) hash.update(readFileSync(join(outside, name)));
  }
  return hash.digest('hex');
}

if (process.send !== undefined) exchangeForEver(process.argv[2]);
else await main();
