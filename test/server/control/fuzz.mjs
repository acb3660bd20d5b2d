// Command sequences that no client sends, against the running server: well and ill formed, split, pipelined, aborted.
// `npx tsc -p . && node test/server/control/fuzz.mjs [--sequences 100000] [--seed N] [--sessions 8] [--workers 1]`, loopback only, a few minutes.
// Exit status 1 when a server ends, a sequence gets no answer, a reply has no code or is out of step, the server logs
// an error, or descriptors or memory of a server are not level.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../../../dist/stats/random.js';

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    sessions: { type: 'string', default: '8' },
    workers: { type: 'string', default: '1' },
  },
});
const { sequences, seed, sessions, workers } = Object.fromEntries(
  Object.entries(values).map(([name, text]) => [name, Number(text)]),
);
for (const [name, value] of Object.entries({ sequences, seed, sessions, workers })) {
  if (!(Number.isSafeInteger(value) && value >= (name === 'seed' ? 0 : 1))) {
    console.error(`--${name} must be a whole number, not '${values[name]}'`);
    process.exit(2);
  }
}

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
/** A sequence that has no answer by then is a hang: far above the server's own limits, also on a busy machine. */
const ANSWER_LIMIT_MS = 60_000;
/** Memory is looked at after each part; the first one fills caches and pools. */
const PARTS = 4;
const GROWTH_LIMIT_BYTES = 64 * 1024 * 1024;
/** Behind this, sockets that nobody ends are closed by the server: five seconds. */
const SETTLE_LIMIT_MS = 30_000;

const counts = { sequences: 0, lines: 0, replies: 0, sessions: 0, dataConnections: 0, passive: 0 };
const codes = new Map();
const faults = [];

class Fault extends Error {}

/** Ends everything in order, as any fault does. */
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => faults.push(signal));

class Dice {
  constructor(seedOf) {
    this.next = createRandom(seedOf).uniform;
  }
  below(limit) {
    return Math.floor(this.next() * limit);
  }
  chance(share) {
    return this.next() < share;
  }
  of(list) {
    return list[this.below(list.length)];
  }
}

const NAMES = [
  'f',
  'g',
  'large',
  'sub',
  'sub/f',
  'sub/deep',
  'none',
  '-l',
  'a*',
  'é ü',
  ' x',
  '..',
  '/',
  '.',
  '',
  'x'.repeat(300),
];
const PATTERNS = ['*', 'f*', '*/*', '[a-z]*', '?', '-al', '-l *', '[', '*/*/*/*/*', '../*'];
const FILE_VERBS = [
  'RETR',
  'STOR',
  'APPE',
  'SIZE',
  'MDTM',
  'DELE',
  'MKD',
  'RMD',
  'CWD',
  'RNFR',
  'RNTO',
  'MLST',
  'MLSD',
  'LIST',
  'NLST',
  'STAT',
  'XCWD',
  'XMKD',
  'XRMD',
];
const OTHER_LINES = [
  'NOOP',
  'PWD',
  'SYST',
  'FEAT',
  'HELP',
  'HELP RETR',
  'STAT',
  'CDUP',
  'ABOR',
  'ABOR',
  'ALLO 5',
  'ALLO 5 R 6',
  'ACCT x',
  'TYPE A',
  'TYPE I',
  'TYPE L 8',
  'TYPE E',
  'MODE S',
  'MODE B',
  'STRU F',
  'STRU R',
  'REST 0',
  'REST 3',
  'REST 99999999',
  'OPTS UTF8 ON',
  'OPTS MLST type;size;',
  'OPTS MLST',
  'OPTS x',
  'SITE HELP',
  'SITE CHMOD 644 f',
  'SITE CHMOD 9 f',
  'SITE x',
  'MFMT 20200101000000 f',
  'MFMT 2020 f',
  'CLNT fuzz',
  'PASS',
  'PASS x',
  'LIST',
  'NLST',
  'MLSD',
  'EPSV',
  'EPSV 1',
  'EPSV 3',
  'PASV',
  'PORT 1,2,3,4,5,6',
  'PORT',
  'EPRT |3|x|1|',
  'EPRT |1|127.0.0.1|80|',
  'SMNT x',
  'HASH f',
  'LANG en',
  'AUTH TLS',
];

/** One line without its end: bytes that make exactly one reply. */
function line(dice, place) {
  const kind = dice.next();
  if (kind < 0.42)
    return Buffer.from(
      `${cased(dice, dice.of(FILE_VERBS))} ${dice.of(dice.chance(0.25) ? PATTERNS : NAMES)}`,
    );
  if (kind < 0.84) return Buffer.from(cased(dice, dice.of(OTHER_LINES)));
  if (kind < 0.92) return Buffer.from(`PORT ${place}`);
  if (kind < 0.925) return Buffer.from('STOU');
  if (kind < 0.93) return Buffer.alloc(5000 + dice.below(100_000), 'y');
  if (kind < 0.95) return Buffer.from(`${dice.of(FILE_VERBS)} a${dice.of(['\r', '\0', '\r\0'])}b`);
  return garbage(dice);
}

function cased(dice, text) {
  return dice.chance(0.1) ? text.toLowerCase() : text;
}

/** Any bytes but LF, behind a letter, so that something is left without Telnet and CR. */
function garbage(dice) {
  const bytes = Buffer.alloc(1 + dice.below(40));
  for (let at = 0; at < bytes.length; at++) bytes[at] = dice.below(256);
  bytes[0] = 0x7a;
  return Buffer.from(bytes.map((byte) => (byte === 10 ? 32 : byte)));
}

const TELNET = [[], [], [], [], [0xff, 0xf4, 0xff, 0xf2], [0xf2], [0xff, 0xf4], [0xff, 0xfd, 6], [0xff]];

/** What is sent, and how many replies it must have: each line one, empty lines and Telnet alone none. */
function compose(dice, place) {
  const parts = [];
  const lines = 1 + dice.below(8);
  for (let at = 0; at < lines; at++) {
    if (dice.chance(0.05)) parts.push(Buffer.from(dice.of(['\r\n', '\n', '\xff\xf4\r\n']), 'latin1'));
    parts.push(
      Buffer.from(dice.of(TELNET)),
      line(dice, place),
      Buffer.from(dice.chance(0.9) ? '\r\n' : '\n'),
    );
  }
  return { bytes: Buffer.concat(parts), lines };
}

/** A control connection that reads replies whole. */
class Control {
  #text = '';
  #replies = [];
  #wake = () => {};
  ended = false;
  fault;

  constructor(socket) {
    this.socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text) => this.#read(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  /** The next reply; undefined when the session ended instead. @throws Fault when there is none for too long */
  async reply(what) {
    const deadline = AbortSignal.timeout(ANSWER_LIMIT_MS);
    while (this.#replies.length === 0) {
      if (this.fault !== undefined) throw this.fault;
      if (this.ended) return undefined;
      if (deadline.aborted) throw new Fault(`no answer in ${ANSWER_LIMIT_MS} ms: ${what()}`);
      await new Promise((resolve) => {
        this.#wake = resolve;
        deadline.addEventListener('abort', resolve, { once: true });
      });
    }
    return this.#replies.shift();
  }

  #read(text) {
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end === -1) break;
      const [, code, more] = /^([1-5]\d\d)([ -])/.exec(this.#text) ?? [];
      if (code === undefined) {
        this.fault = new Fault(`a reply without a code: ${JSON.stringify(this.#text.slice(0, end))}`);
        break;
      }
      const last = more === ' ' ? 0 : this.#text.indexOf(`\r\n${code} `) + 2;
      if (more === '-' && last === 1) break;
      const whole = this.#text.indexOf('\r\n', last);
      if (whole === -1) break;
      this.#replies.push({ code: Number(code), text: this.#text.slice(0, whole) });
      codes.set(code, (codes.get(code) ?? 0) + 1);
      counts.replies++;
      this.#text = this.#text.slice(whole + 2);
    }
    this.#wake();
  }
}

/** What becomes of a data connection on the client's side, whichever way its bytes were to go. */
function behave(dice, socket) {
  counts.dataConnections++;
  socket.on('error', () => {});
  const kind = dice.next();
  if (kind < 0.15) return socket.resetAndDestroy();
  if (kind < 0.2) return socket.destroy();
  if (kind < 0.3) return setTimeout(() => socket.resetAndDestroy(), dice.below(15));
  if (kind < 0.4) return setTimeout(() => socket.resume().end(), dice.below(15));
  socket.resume();
  if (kind < 0.7) return socket.end(Buffer.alloc(dice.below(4000), 'line\r\n'));
  return socket.end();
}

/** Sends bytes whole or in pieces, some in packets of their own. */
async function send(dice, { socket }, bytes) {
  if (dice.chance(0.6)) return void socket.write(bytes);
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + 1 + dice.below(bytes.length));
    socket.write(bytes.subarray(from, to));
    from = to;
    if (dice.chance(0.5)) await new Promise(setImmediate);
  }
}

/** One client, session after session, until all sequences of this part are said. */
class Client {
  constructor(index, server) {
    this.dice = new Dice(seed * 7919 + index * 104_729 + 1);
    this.server = server;
    this.marks = 0;
  }

  async run(takeOne) {
    this.listener = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
      behave(this.dice, socket),
    );
    this.listener.listen(0, this.server.address);
    await once(this.listener, 'listening');
    const { port } = this.listener.address();
    this.place = `${this.server.address.replaceAll('.', ',')},${port >> 8},${port & 255}`;
    try {
      while (faults.length === 0 && (await this.session(takeOne)));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error.message);
    } finally {
      this.control?.socket.destroy();
      this.listener.close();
    }
  }

  /** @returns whether there may be more to say */
  async session(takeOne) {
    const { address, root } = this.server;
    furnishAgain(root);
    const socket = connect({ host: address, port: 2121, localAddress: address });
    this.control = new Control(socket);
    this.sent = '(nothing)';
    counts.sessions++;
    const greeting = await this.reply();
    if (greeting?.code !== 220) throw new Fault(`greeted with ${greeting?.text ?? 'an end'}`);
    if (this.dice.chance(0.95)) await this.say('USER anonymous\r\n', 1);
    const length = 1 + this.dice.below(60);
    for (let at = 0; at < length; at++) {
      if (faults.length > 0 || !takeOne()) return false;
      counts.sequences++;
      await (this.dice.chance(0.08) ? this.passive() : this.sequence());
    }
    await this.leave();
    return true;
  }

  async sequence() {
    const { bytes, lines } = compose(this.dice, this.place);
    await this.say(bytes, lines);
    if (this.dice.chance(0.01)) await this.say('USER ftp\r\nPASS x\r\n', 2);
    if (this.dice.chance(0.005)) await this.say('REIN\r\nUSER anonymous\r\n', 2);
  }

  /** A transfer over a passive connection that comes, is reset, or never comes and is given up. */
  async passive() {
    const said = await this.exchange('EPSV\r\n');
    const [, port] = /\|\|\|(\d+)\|/.exec(said?.text ?? '') ?? [];
    if (port === undefined) return;
    counts.passive++;
    if (this.dice.chance(0.9)) {
      const { address } = this.server;
      const socket = connect({
        host: address,
        port: Number(port),
        localAddress: address,
        allowHalfOpen: true,
      });
      socket.pause().once('connect', () => behave(this.dice, socket));
      socket.on('error', () => {});
    }
    const transfer = `${this.dice.of(['RETR', 'STOR', 'APPE', 'LIST', 'NLST'])} ${this.dice.of(['f', 'large', 'sub'])}\r\n`;
    const behind = this.dice.of(['', 'ABOR\r\n', 'STAT\r\n', 'STAT\r\nABOR\r\n', 'NOOP\r\nSTAT\r\n']);
    await this.say(transfer + behind, 1 + behind.split('\n').length - 1);
  }

  /** Sends lines that have so many replies, and behind them a mark that no line of theirs can answer. */
  async say(bytes, lines) {
    const mark = `M${++this.marks}M`;
    const all = Buffer.concat([Buffer.from(bytes), Buffer.from(`HELP ${mark}\r\n`)]);
    this.sent = JSON.stringify(all.toString('latin1').slice(0, 2000));
    counts.lines += lines;
    await send(this.dice, this.control, all);
    let finals = 0;
    for (;;) {
      const reply = await this.reply();
      if (reply === undefined) throw new Fault(`the session ended behind ${this.sent}`);
      if (reply.text === `502 No command '${mark}'.`) break;
      if (reply.code >= 200) finals++;
    }
    if (finals !== lines) throw new Fault(`${finals} replies to ${lines} lines: ${this.sent}`);
  }

  async exchange(text) {
    this.sent = JSON.stringify(text);
    this.control.socket.write(text);
    return this.reply();
  }

  reply() {
    return this.control.reply(() => this.sent);
  }

  /** QUIT, FIN or a reset, some of them in the middle of something. */
  async leave() {
    const { socket } = this.control;
    const kind = this.dice.next();
    if (kind < 0.5) {
      socket.write(this.dice.chance(0.5) ? 'QUIT\r\n' : 'LIST\r\nQUIT\r\nNOOP\r\n');
      while ((await this.reply()) !== undefined);
      return;
    }
    const { bytes } = compose(this.dice, this.place);
    socket.write(bytes.subarray(0, this.dice.below(bytes.length)));
    if (kind < 0.75) socket.resetAndDestroy();
    else if (kind < 0.9) socket.destroy();
    else socket.end();
    if (!this.control.ended) await once(socket, 'close');
  }
}

/** What there is to find: sessions remove and overwrite it all the time. */
function furnish(root) {
  mkdirSync(join(root, 'sub', 'deep'), { recursive: true });
  writeFileSync(join(root, 'f'), 'one\ntwo\n');
  writeFileSync(join(root, 'sub', 'f'), 'x');
  writeFileSync(join(root, 'a*'), 'x');
  writeFileSync(join(root, 'large'), Buffer.alloc(1_000_000, 'line\n'));
}

/** A name may be a folder by now, or one of its folders a file. */
function furnishAgain(root) {
  try {
    furnish(root);
  } catch (error) {
    if (!['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(error.code)) throw error;
  }
}

async function startServer(address, linger) {
  const root = mkdtempSync(join(tmpdir(), 'port20-fuzz-'));
  furnish(root);
  const limits = [
    '--connect-timeout',
    '200ms',
    '--accept-timeout',
    '200ms',
    '--stall-timeout',
    '500ms',
    '--linger',
    linger,
  ];
  const args = [
    'serve',
    '--quiet',
    '--listen',
    `${address}:2121`,
    '--root',
    root,
    '--write',
    '--log-level',
    'error',
    '--workers',
    String(workers),
    ...limits,
  ];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = createInterface(child.stderr);
  const server = { address, root, child, linger, stopping: false };
  child.once('close', (status, signal) => {
    if (!server.stopping) faults.push(`the server with --linger ${linger} ended: ${status ?? signal}`);
  });
  await once(said, 'line');
  said.on('line', (text) => server.stopping || faults.push(`the server says: ${text.slice(0, 1000)}`));
  return server;
}

async function stopServer(server) {
  server.stopping = true;
  if (server.child.exitCode === null && server.child.signalCode === null) {
    server.child.kill();
    await once(server.child, 'close');
  }
  rmSync(server.root, { recursive: true, force: true });
}

/** The server's own process, and those of its workers. */
function processes({ child: { pid } }) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' '))];
}

function descriptors(server) {
  return sum(processes(server).map((pid) => readdirSync(`/proc/${pid}/fd`).length));
}

function residentBytes(server) {
  const kib = processes(server).map((pid) => {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  });
  return sum(kib) * 1024;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** As many descriptors as before the first client, as soon as what was left behind has run out. */
async function settled(server) {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  while (descriptors(server) > server.idleDescriptors && performance.now() < deadline) await sleep(100);
  return descriptors(server);
}

async function part(servers, share) {
  let left = share;
  const takeOne = () => left-- > 0;
  const clients = Array.from({ length: sessions }, (_, index) => {
    return new Client(counts.sequences + index, servers[index % servers.length]);
  });
  await Promise.all(clients.map((client) => client.run(takeOne)));
}

async function check(server) {
  if (server.child.exitCode !== null || server.child.signalCode !== null) return 'ended';
  const open = await settled(server);
  if (open > server.idleDescriptors)
    faults.push(`${open} descriptors are open, ${server.idleDescriptors} were before`);
  server.resident.push(residentBytes(server));
  const growth = server.resident.at(-1) - server.resident[0];
  if (growth > GROWTH_LIMIT_BYTES)
    faults.push(`memory grew by ${Math.round(growth / 2 ** 20)} MiB behind the first part`);
  return `${open} descriptors, ${Math.round(server.resident.at(-1) / 2 ** 20)} MiB`;
}

console.log(`seed ${seed}, ${sequences} sequences, ${sessions} sessions at a time, workers ${workers}`);
const startedAtMs = performance.now();
const servers = await Promise.all([startServer('127.88.1.1', '0ms'), startServer('127.88.1.2', '10ms')]);
try {
  for (const server of servers) {
    server.idleDescriptors = descriptors(server);
    server.resident = [];
  }
  for (let done = 1; done <= PARTS && faults.length === 0; done++) {
    await part(servers, Math.ceil((sequences * done) / PARTS) - counts.sequences);
    const states = await Promise.all(servers.map(check));
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
    console.log(`${seconds} s: ${counts.sequences} sequences; servers: ${states.join('; ')}`);
  }
} finally {
  await Promise.all(servers.map(stopServer));
}
console.log(
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
);
console.log(
  `replies by code: ${[...codes]
    .sort()
    .map(([code, count]) => `${code} ${count}`)
    .join(', ')}`,
);
for (const fault of faults) console.error(`FAULT (seed ${seed}): ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
