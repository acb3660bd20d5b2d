// One client at work: a process in a folder of its own, with a home of its own and nothing of the caller's environment.
import { spawn } from 'node:child_process';

/** A client that is at it that long hangs: no case takes a tenth of it on busy cores. */
const GUARD_MS = 40_000;

/**
 * Runs the processes one after the other. `said` is what they print, in the order in which it came.
 * @returns {Promise<{ said: string, output: string, killed: boolean }>} output: of stdout alone
 */
export async function runSession(processes, { cwd, home }) {
  let said = '';
  let output = '';
  for (const { file, args, stdin = '', env = {} } of processes) {
    said += `$ ${[file, ...args].join(' ')}\n`;
    const one = await runProcess(file, args, stdin, { cwd, env: { ...cleanEnvironment(home), ...env } });
    said += one.said;
    output += one.output;
    if (one.killed) return { said, output, killed: true };
  }
  return { said, output, killed: false };
}

function cleanEnvironment(home) {
  return { PATH: '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', TERM: 'dumb', TZ: 'UTC' };
}

function runProcess(file, args, stdin, { cwd, env }) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what the client started ends with it.
    const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' });
    const result = { said: '', output: '', killed: false };
    const guard = setTimeout(() => {
      result.killed = true;
      process.kill(-child.pid, 'SIGKILL');
    }, GUARD_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      result.said += text;
      result.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      result.said += text;
    });
    child.stdin.on('error', () => {}); // a client that does not read
    child.stdin.end(stdin);
    child.on('error', (error) => {
      clearTimeout(guard);
      reject(error);
    });
    child.on('close', () => {
      clearTimeout(guard);
      resolve(result);
    });
  });
}
