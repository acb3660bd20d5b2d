// What ends a run, or keeps it from writing, at each file that it writes: the exit status, what is kept, and what is left
// in the temporary folder. `node test/run/signals.mjs [seed]`; about two minutes. Full disks need root or user namespaces.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../dist/stats/random.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PLAN = `
seed: 3
binders: [reuse-port, legacy-bsd]
retry: none
blocks: 2
workers: 1
userPi: lean
scenarios: [{ name: load, sessions: 4, duration: 300ms }]
`;
const BLOCKS = 4;
const LONGEST_MS = 60_000;
const OWN = [...(process.geteuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];
const FILES = {
  out: '--out',
  attempts: '--attempts',
  html: '--html',
  junit: '--junit',
  openmetrics: '--openmetrics',
};

const base = mkdtempSync(join(tmpdir(), 'port20-signals-'));
chmodSync(base, 0o755);
const { uniform: random } = createRandom(Number(process.argv[2] ?? 1));
let wrong = 0;
try {
  await main();
} finally {
  rmSync(base, { recursive: true, force: true });
}
console.log(wrong === 0 ? 'everything is as it is promised' : `${wrong} WRONG`);
process.exitCode = wrong === 0 ? 0 : 1;

async function main() {
  row('what happens', 'status', 'kept', 'left in TMPDIR', '');
  const events = [
    ['SIGINT', ['SIGINT'], 130],
    ['SIGINT twice', ['SIGINT', 'SIGINT'], 130],
    ['SIGTERM', ['SIGTERM'], 143],
    ['SIGTERM twice', ['SIGTERM', 'SIGTERM'], 143],
    ['SIGHUP', ['SIGHUP'], 129],
    ['SIGHUP twice', ['SIGHUP', 'SIGHUP'], 129],
    ['kill -9', ['SIGKILL'], null],
  ];
  for (const event of events) {
    await inBlock(event);
    await inBlock(event, ['--dir', 'run']);
    await beforeLoad(event);
    await whileSaving(event);
  }
  await lostTerminal('stress plan.yaml', /block 2 of/, true);
  await lostTerminal('stress plan.yaml --out out', /block 2 of/, true);
  await lostTerminal('probe --cost', /series 2 of/);
  await lostTerminal('serve --listen 127.91.3.8:0', /listening on/);
  await lostTerminal('serve --listen 127.91.3.8:0 --workers 2', /listening on/);
  await lostTerminal('user add mo --users users', /password of/);
  await onTerminal();
  for (const name of Object.keys(FILES)) await fullDisk(name);
  for (const name of Object.keys(FILES)) await fullDisk(name, ['--dir', 'run']);
  await fullDisk('dir');
  await fullOutput();
  for (const args of [
    ['stress', 'plan.yaml'],
    ['stress', '--help'],
    ['report', 'result'],
    ['serve', '--listen', '127.91.3.9:0'],
  ]) {
    await closedPipe(args);
  }
  await whileFetching(events);
}

/** Behind the first block, at any moment of those that follow: once means an orderly end, with every file. */
async function inBlock([name, signals, status], more = []) {
  const cwd = folder();
  const child = port20(cwd, ['stress', 'plan.yaml', '--json', ...saving(), ...more]);
  await child.until(/block 1 of/);
  if (more.length > 0) await appears(join(cwd, 'run/blocks'), (file) => file === '0001.json');
  await delay(random() * 500);
  await send(child, signals);
  const ended = await child.ended;
  const twice = signals.length === 2 && signals[1] !== 'SIGHUP';
  await judge(`${name} in a block${more.length > 0 ? ', --dir' : ''}`, cwd, ended, {
    status,
    check() {
      const kept = [];
      if (!twice && signals[0] !== 'SIGKILL') {
        const printed = JSON.parse(ended.stdout);
        same(printed, JSON.parse(text(cwd, 'out')), 'out and what was printed');
        same(lines(cwd), transfersOf(printed), 'lines and transfers');
        if (!printed.partial) throw new Error('the result does not say that it is a part');
        for (const file of ['html', 'junit', 'openmetrics'])
          if (text(cwd, file) === '') throw new Error(`${file} is empty`);
        kept.push('result, transfers, html, junit, openmetrics');
      }
      if (more.length > 0) {
        const blocks = readdirSync(join(cwd, 'run/blocks')).filter((file) => /^\d+\.json$/.test(file)).length;
        if (blocks < 1) throw new Error('no block is kept');
        kept.push(`${blocks} blocks`);
      }
      return kept.join(', ') || 'nothing';
    },
  });
}

/** While Node is up, and nothing is measured yet. */
async function beforeLoad([name, signals, status]) {
  const cwd = folder();
  const child = port20(cwd, ['stress', 'plan.yaml', '--quiet', '--json', ...saving(), '--dir', 'run']);
  await appears(cwd, (file) => file.startsWith('port20-run-') || file === 'run');
  await send(child, signals);
  const ended = await child.ended;
  await judge(`${name} before the load`, cwd, ended, {
    status: status === null ? null : [status, 4],
    check: () => 'nothing',
  });
}

/** Of a run that has come to its end: all is saved on the first one. */
async function whileSaving([name, signals, status]) {
  const cwd = folder();
  const child = port20(cwd, ['stress', 'plan.yaml', '--quiet', '--json', ...saving()]);
  await appears(cwd, (file) => file === 'out');
  await send(child, signals.slice(0, 1));
  const ended = await child.ended;
  await judge(`${name.replace(' twice', '')} while files are saved`, cwd, ended, {
    status: status === null ? null : [status, 0],
    check() {
      if (status === null) return existsSync(join(cwd, 'out')) ? 'whole files' : 'nothing';
      same(JSON.parse(ended.stdout).blocks.length, BLOCKS, 'blocks');
      for (const file of Object.keys(FILES)) if (text(cwd, file) === '') throw new Error(`${file} is empty`);
      return 'all files';
    },
  });
}

/** script(1) gives a terminal and takes it away: the kernel sends SIGHUP, and every write fails from then on. */
async function lostTerminal(args, moment, kept) {
  const title = `a terminal that is lost: ${args.slice(0, 40)}`;
  if (!has('script')) return row(title, 'skipped: no script(1)');
  const cwd = folder();
  // As a login shell does, the outer one dies of SIGHUP, and Linux sends it to the others; the inner one tells the status.
  const inner = `trap "" HUP; ulimit -c unlimited 2> /dev/null; "${process.execPath}" "${MAIN}" ${args}; echo $? > status`;
  const terminal = spawn('script', ['-qfc', `sh -c '${inner}'; true`, 'typescript'], {
    cwd,
    env: environment(cwd),
    stdio: 'ignore',
  });
  await shows(cwd, moment);
  terminal.kill('SIGKILL');
  await appears(cwd, (file) => file === 'status' && text(cwd, file) !== '');
  await judge(
    title,
    cwd,
    { status: Number(text(cwd, 'status')), stderr: '' },
    {
      status: 129,
      check() {
        if (readdirSync(cwd).some((file) => file.startsWith('core'))) throw new Error('a core is dumped');
        const rescued = readdirSync(cwd).filter(
          (file) => file === 'out' || file.startsWith('port20-result-'),
        );
        if (!kept) return rescued.length === 0 ? '-' : `kept: ${rescued}`;
        const [file, ...others] = rescued;
        if (file === undefined || others.length > 0) throw new Error(`kept: ${rescued}`);
        if (JSON.parse(text(cwd, file)).blocks.length === 0) throw new Error('a result without blocks');
        return file.replace(/\d+T\d+Z/, 'TIME');
      },
    },
  );
}

/** What is said in mid-run begins on a line of its own. */
async function onTerminal() {
  if (!has('script')) return row('Ctrl-C on a terminal', 'skipped: no script(1)');
  const cwd = folder();
  const command = `echo $$ > pid; exec '${process.execPath}' '${MAIN}' stress plan.yaml`;
  const terminal = spawn('script', ['-qefc', command, 'typescript'], {
    cwd,
    env: environment(cwd),
    stdio: 'ignore',
  });
  const over = once(terminal, 'exit');
  await shows(cwd, /block 2 of/);
  process.kill(Number(text(cwd, 'pid')), 'SIGINT');
  const [status] = await over;
  await judge(
    'Ctrl-C on a terminal',
    cwd,
    { status, stderr: '' },
    {
      status: 130,
      check() {
        // What a terminal shows: a line that is gone back on and cleared is no more.
        const screen = text(cwd, 'typescript').replaceAll(/[^\n]*\u001b\[1G\u001b\[2K/g, '');
        if (!/(?:^|\n)port20: SIGINT: ending/.test(screen))
          throw new Error(JSON.stringify(screen.slice(0, 300)));
        return 'a line of its own';
      },
    },
  );
}

/** Each file by itself on a disk without room, which the check before the load does not see. */
async function fullDisk(name, more = []) {
  const title = `a full disk for ${name === 'dir' ? '--dir' : FILES[name]}${more.length > 0 ? ', --dir elsewhere' : ''}`;
  if (!mounts()) return row(title, 'skipped: no mount namespace');
  const cwd = folder();
  const target = name === 'dir' ? ['--dir', 'disk/run'] : [FILES[name], 'disk/file'];
  const words = ['stress', 'plan.yaml', '--quiet', '--json', ...target, ...more]
    .map((word) => `'${word}'`)
    .join(' ');
  const again = `sed -n 's/.* with: port20 //p;s/.* with: cp /CP /p' stderr`;
  const script = `
    mkdir disk && mount -t tmpfs -o size=${name === 'dir' ? 24 : 4}k none disk || exit 99
    ${name === 'dir' ? '' : 'head -c 4096 /dev/zero > disk/ballast'}
    '${process.execPath}' '${MAIN}' ${words} > stdout 2> stderr; echo $? > status
    ls -A disk > on-disk
    mount -o remount,size=64m disk
    again=$(${again} | head -1); echo "$again" > again
    case "$again" in
      'CP '*) cp \${again#CP };;
      ?*) '${process.execPath}' '${MAIN}' $again --quiet > again-stdout 2> again-stderr;;
    esac
    [ -f disk/file ] && cp disk/file file; exit 0`;
  const child = spawn('unshare', [...OWN, 'sh', '-c', script], {
    cwd,
    env: environment(cwd),
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const ended = {
    status: Number(text(cwd, 'status')),
    stdout: text(cwd, 'stdout'),
    stderr: text(cwd, 'stderr'),
  };
  await judge(title, cwd, ended, {
    status: 3,
    check() {
      if (!/ENOSPC/.test(ended.stderr)) throw new Error(`says ${ended.stderr}`);
      if (/\n\s+at /.test(ended.stderr)) throw new Error('a trace');
      const printed = JSON.parse(ended.stdout);
      if (name !== 'dir' && printed.blocks.length !== BLOCKS)
        throw new Error(`${printed.blocks.length} blocks printed`);
      if (/\.port20-|unfinished/.test(text(cwd, 'on-disk')))
        throw new Error('half a file is left on the disk');
      const command = text(cwd, 'again').trim();
      if (name === 'attempts' && more.length === 0) {
        const rescued = readdirSync(cwd).filter((file) => file.startsWith('port20-result-'));
        same(rescued.length, 1, 'results that are kept');
        return 'the result; transfers of the first blocks';
      }
      if (command === '') throw new Error(`no command: ${ended.stderr}`);
      if (name !== 'dir' && (!existsSync(join(cwd, 'file')) || statSync(join(cwd, 'file')).size === 0)) {
        throw new Error(`not written again by ${command}`);
      }
      return command.replace(/port20-result-\S+/, 'RESULT').slice(0, 60);
    },
  });
}

async function fullOutput() {
  const cwd = folder();
  const ended = await shell(cwd, `stress plan.yaml --quiet > /dev/full`);
  await judge('a full standard output', cwd, ended, {
    status: 3,
    check() {
      const [, file] = /print it with: port20 report (\S+)/.exec(ended.stderr) ?? [];
      same(JSON.parse(text(cwd, file)).blocks.length, BLOCKS, 'blocks');
      return 'the result, in a file';
    },
  });
}

/** The reader has gone before anything is written. */
async function closedPipe(args) {
  const cwd = folder();
  if (args[0] === 'report')
    writeFileSync(
      join(cwd, 'result'),
      readFileSync(new URL('../../fixtures/results/format-3.json', import.meta.url)),
    );
  const main = `'${process.execPath}' '${MAIN}' ${args.join(' ')}`;
  const stop = args[0] === 'serve' ? 'timeout -s INT 2 ' : '';
  const script = `{ ${stop}${main} 2>&1 3>&-; echo $? >&3; } 3> status | true`;
  const child = spawn('sh', ['-c', `${script}; cat status`], {
    cwd,
    env: environment(cwd),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = await collected(child);
  const status = Number(text(cwd, 'status'));
  await judge(
    `| true: ${args.slice(0, 2).join(' ')}`,
    cwd,
    { ...ended, status },
    {
      status: args[0] === 'serve' ? [0, 124, 130] : 0,
      check() {
        if (ended.stderr !== '') throw new Error(ended.stderr);
        return '-';
      },
    },
  );
}

/** A network that is slow: apt-get stands still. */
async function whileFetching(events) {
  if (process.geteuid?.() !== 0) return row('while packages are fetched', 'skipped: needs root');
  for (const [name, signals, status] of events) {
    const cwd = folder();
    mkdirSync(join(cwd, 'bin'));
    writeFileSync(join(cwd, 'bin/apt-get'), '#!/bin/sh\ntouch half.deb\nexec sleep 60\n', { mode: 0o755 });
    writeFileSync(join(cwd, 'bin/apt-cache'), '#!/bin/sh\necho vsftpd\n', { mode: 0o755 });
    const env = { PATH: `${join(cwd, 'bin')}:${process.env.PATH}` };
    const child = port20(cwd, ['stress', '--peer', 'vsftpd'], env);
    await child.until(/fetching the Debian package/);
    await appears(join(cwd, 'port20-peers'), (file) => file.startsWith('port20-download-'));
    await delay(random() * 300);
    await send(child, signals);
    const ended = await child.ended;
    rmSync(join(cwd, 'bin'), { recursive: true });
    await judge(`${name} while packages are fetched`, cwd, ended, { status, check: () => 'nothing' });
  }
}

async function judge(name, cwd, ended, { status, check }) {
  const problems = [];
  const promised = [status].flat();
  if (!promised.includes(ended.status))
    problems.push(`exit ${promised.join(' or ')} is promised: ${ended.stderr}`);
  if (/\n\s+at |unexpected error/.test(ended.stderr)) problems.push(`a trace: ${ended.stderr}`);
  let kept = '-';
  try {
    kept = check();
  } catch (error) {
    problems.push(error.message);
  }
  let left = remains(cwd);
  if (status === null) {
    await port20(cwd, ['stress', 'plan.yaml', '--quiet', '--json']).ended;
    const after = remains(cwd);
    left = `${left.length} until the next run`;
    if (after.length > 0) problems.push(`left behind the next run: ${after}`);
  } else if (left.length > 0) problems.push(`left: ${left}`);
  if (problems.length > 0) wrong++;
  row(
    name,
    ended.status ?? 'killed',
    kept,
    typeof left === 'string' ? left : left.length,
    problems.join('; ') || 'ok',
  );
}

/** In TMPDIR, and where packages are kept. */
function remains(cwd) {
  const peers = join(cwd, 'port20-peers');
  const names = [...readdirSync(cwd), ...(existsSync(peers) ? readdirSync(peers) : [])];
  return names.filter((file) => /^port20-(?:run|peer|download)-|^\.port20-/.test(file));
}

function saving() {
  return Object.entries(FILES).flatMap(([file, flag]) => [flag, file]);
}

async function send(child, signals) {
  for (const [i, signal] of signals.entries()) {
    if (i > 0) await Promise.race([delay(random() * 100), child.ended]);
    child.kill(signal);
  }
}

function lines(cwd) {
  return text(cwd, 'attempts').split('\n').filter(Boolean).length;
}

function transfersOf({ blocks }) {
  return blocks.reduce((sum, { offered, warmUp }) => sum + offered + warmUp, 0);
}

function same(a, b, what) {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what} differ`);
}

function text(cwd, file) {
  return readFileSync(join(cwd, file), 'utf8');
}

async function appears(path, isIt) {
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += 2) {
    if (existsSync(path) && readdirSync(path).some(isIt)) return;
    await delay(2);
  }
  throw new Error(`nothing appeared in ${path}`);
}

async function shows(cwd, pattern) {
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += 20) {
    if (existsSync(join(cwd, 'typescript')) && pattern.test(text(cwd, 'typescript'))) return;
    await delay(20);
  }
  throw new Error(`no ${pattern} on the terminal`);
}

function folder() {
  const cwd = mkdtempSync(join(base, 'case-'));
  chmodSync(cwd, 0o755); // a peer works as another user
  writeFileSync(join(cwd, 'plan.yaml'), PLAN);
  return cwd;
}

function environment(cwd) {
  return { PATH: process.env.PATH, TMPDIR: cwd, HOME: cwd, TERM: 'xterm' };
}

function port20(cwd, args, env = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...environment(cwd), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = collected(child);
  return {
    ended,
    kill: (signal) => child.kill(signal),
    async until(pattern) {
      let seen = '';
      const more = new AbortController();
      try {
        for await (const [chunk] of on(child.stderr, more.signal)) {
          seen += chunk;
          if (pattern.test(seen)) return;
        }
      } finally {
        more.abort();
      }
      throw new Error(`ended without ${pattern}: ${seen}`);
    },
  };
}

/** What the stream says, until it has ended. */
async function* on(stream, signal) {
  const waiting = [];
  let wake = () => {};
  const push = (chunk) => {
    waiting.push(chunk);
    wake();
  };
  stream.on('data', push).on('end', () => push(null));
  signal.addEventListener('abort', () => stream.off('data', push));
  for (;;) {
    while (waiting.length === 0) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    const chunk = waiting.shift();
    if (chunk === null) return;
    yield [chunk];
  }
}

function shell(cwd, args) {
  const script = `exec '${process.execPath}' '${MAIN}' ${args}`;
  return collected(
    spawn('sh', ['-c', script], { cwd, env: environment(cwd), stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

async function collected(child) {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [status] = await once(child, 'close');
  clearTimeout(timer);
  return { status, stdout, stderr };
}

function mounts() {
  return spawnSync('unshare', [...OWN, 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0;
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

function row(...cells) {
  const widths = [42, 7, 56, 22];
  console.log(
    cells
      .map((cell, i) => String(cell).padEnd(widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}
