// Odd command lines, made from flags × bad values × files: each is answered by one line on standard error and the exit
// status that is promised, soon, and without a trace. `node test/cli/odd.mjs [--at-once N] [--only TEXT] [--processes]`.
// Each twelfth is a process of its own, or all of them; the others are run one after another in a few, for want of time.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allCases, configs, plans } from './odd-cases.mjs';

const HOST = fileURLToPath(new URL('odd-host.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const RESULT = fileURLToPath(new URL('../../fixtures/results/format-3.json', import.meta.url));
const { values } = parseArgs({
  options: {
    'at-once': { type: 'string' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean' },
    processes: { type: 'boolean' },
  },
});
const AT_ONCE = Number(values['at-once'] ?? availableParallelism());
/** Without load, on two cores that others use, too. */
const LONGEST_MS = 5000;
/** Of what is a load, a server, or hangs: it ends here, and is told. */
const KILLED_MS = 30_000;
const [OK, USAGE] = [0, 2];

const cwd = mkdtempSync(join(tmpdir(), 'port20-odd-'));
process.on('exit', () => rmSync(cwd, { recursive: true, force: true }));
makeFiles();
const cases = [...allCases(cwd)].filter(({ args }) => args.join(' ').includes(values.only));
const failures = [];
const counts = new Map();
let slowestMs = 0;
if (values.list) for (const { args } of cases) console.log(shown(args));
else await runAll();

async function runAll() {
  const beganAtMs = performance.now();
  const waiting = [...cases.entries()];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const host = createHost();
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [i, one] = next;
        await judge(one, values.processes || i % 12 === 0 ? inProcessOfItsOwn : host.run);
      }
      host.end();
    }),
  );
  for (const { args, env = {}, folder = cwd, why, ended } of failures) {
    console.log(
      `WRONG ${JSON.stringify(env)} ${folder.slice(cwd.length)} ${shown(args)}\n      ${why}; exit ${ended.status}, ${Math.round(ended.tookMs)} ms`,
    );
    console.log(`      ${JSON.stringify(ended.stderr.slice(0, 400))}`);
  }
  const byStatus = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  const seconds = Math.round((performance.now() - beganAtMs) / 1000);
  console.log(
    `${cases.length} command lines in ${seconds} s, the slowest ${Math.round(slowestMs)} ms; exit status ${byStatus.join(', ')}; ${failures.length} WRONG`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function judge(one, run) {
  const ended = await run(one);
  counts.set(ended.status, (counts.get(ended.status) ?? 0) + 1);
  slowestMs = Math.max(slowestMs, ended.tookMs);
  const why = problem(one, ended);
  if (why !== undefined) failures.push({ ...one, why, ended });
}

function problem({ expect = [USAGE], says }, { status, stdout, stderr, tookMs }) {
  if (!expect.includes(status)) return `exit ${expect.join(' or ')} is promised`;
  if (/\n\s+at |unexpected error|node:|ZodError|Error:/.test(stderr)) return 'a trace';
  if (
    /received|expected (?:object|array|string|number|int|boolean)\b|Invalid (?:input|option|ISO)|Too (?:small|big)/.test(
      stderr,
    )
  ) {
    return "the validator's own words";
  }
  if (tookMs > LONGEST_MS) return `longer than ${LONGEST_MS} ms`;
  if (status === OK)
    return stderr === '' || says === null ? undefined : 'says something although all is well';
  if (stdout !== '') return 'prints to standard output';
  if (!/^port20: [^\n]+\n$/.test(stderr)) return 'not one line';
  if (stderr.length > 1100) return `a line of ${stderr.length} characters`;
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(stderr)) return 'a control character';
  if (says !== undefined && says !== null && !says.test(stderr)) return `does not say ${says}`;
  return undefined;
}

function inProcessOfItsOwn({ args, env = {}, folder = cwd }) {
  return new Promise((resolve) => {
    const beganAtMs = performance.now();
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), KILLED_MS);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr, tookMs: performance.now() - beganAtMs });
    });
  });
}

/** A process that is given command lines; one that does not answer is killed, and the next has a new one. */
function createHost() {
  let child;
  return {
    async run({ args, env = {}, folder = cwd }) {
      const beganAtMs = performance.now();
      child ??= fork(HOST, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      child.send({ args, folder, env: { PATH: process.env.PATH, TMPDIR: cwd, ...env } });
      const timer = setTimeout(() => child.kill('SIGKILL'), KILLED_MS);
      const done = new AbortController();
      const [answer] = await Promise.race([
        once(child, 'message', done),
        once(child, 'exit', done).then(() => [undefined]),
      ]);
      done.abort();
      clearTimeout(timer);
      const tookMs = performance.now() - beganAtMs;
      if (answer !== undefined) return { ...answer, tookMs };
      child = undefined;
      return { status: null, stdout: '', stderr: '', tookMs };
    },
    end: () => child?.kill('SIGKILL'),
  };
}

function shown(args) {
  return args
    .map((arg) => (arg.length > 60 ? `${arg.slice(0, 50)}…(${arg.length})` : JSON.stringify(arg)))
    .join(' ');
}

function makeFiles() {
  const file = (name, content) => writeFileSync(join(cwd, name), content);
  mkdirSync(join(cwd, 'folder/config'), { recursive: true });
  for (const [name, content] of Object.entries(configs())) {
    mkdirSync(join(cwd, 'configs', name), { recursive: true });
    file(`configs/${name}/port20.config.yaml`, content);
  }
  mkdirSync(join(cwd, 'configs/of-a-folder/port20.config.yaml'), { recursive: true });
  mkdirSync(join(cwd, 'configs/of-nothing'), { recursive: true });
  symlinkSync('nowhere', join(cwd, 'configs/of-nothing/port20.config.yaml'));
  file('empty', '');
  file('binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256)));
  file('latin1', Buffer.from('name: caf\xe9\n', 'latin1'));
  file('nul', 'a\0b');
  file('a.json', '{');
  file('list.json', '[]');
  file('number.json', '3');
  file('other.json', '{"tool":{"name":"k6"}}');
  file('version.json', '{"tool":{"name":"port20"},"formatVersion":99}');
  file('hollow.json', '{"tool":{"name":"port20"},"formatVersion":3}');
  file('deep.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  copyFileSync(RESULT, join(cwd, 'result.json'));
  file('good.yaml', 'binders: [reuse-port]\nscenarios: [{ name: a, duration: 1s }]\n');
  for (const [name, content] of Object.entries(plans())) file(name, content);
  symlinkSync('result.json', join(cwd, 'link.json'));
  symlinkSync('not-there-yet', join(cwd, 'dangling'));
  symlinkSync('circle', join(cwd, 'circle'));
  mkdirSync(join(cwd, 'closed'), { mode: 0o755 });
}
