// Runs the built command line as a user would, and tells what it printed and how it ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect } from '@jest/globals';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  /** On standard input, which is empty unless set. */
  readonly input?: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the first match in standard error; rejects when the process ends without one. */
  stderrMatch(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcess>();

// A test that fails must not leave a server behind, which would keep Jest from ending.
afterEach(async () => {
  await Promise.all(
    [...running].map((child) => {
      child.kill('SIGKILL');
      return once(child, 'close');
    }),
  );
});

/** Starts `port20 …` in a folder of its own, away from any configuration file, with no PORT20_* set. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  return startProgram(process.execPath, [MAIN, ...args], options);
}

export function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

export function startProgram(program: string, args: readonly string[], options: RunOptions = {}): Running {
  const { env = {}, cwd = emptyFolder(), uid, input = '' } = options;
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: 'pipe',
    ...(uid !== undefined && { uid, gid: uid }),
  });
  running.add(child);
  child.stdin.on('error', () => {}).end(input); // not everybody reads it
  child.once('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    stdout,
    stderr,
  }));

  async function stderrMatch(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = stderr.match(pattern);
      if (match !== null) return match;
      const more = await Promise.race([once(child.stderr, 'data').then(() => true), ended.then(() => false)]);
      if (!more && !pattern.test(stderr)) throw new Error(`ended without ${pattern}: ${stderr}`);
    }
  }
  return { child, stderrMatch, ended };
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Gone again when the test file has ended. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'port20-test-'));
  folders.push(folder);
  return folder;
}

/** What a user's mistake gets. */
export function expectOneLine(ended: Ended, status: number, line: RegExp): void {
  expect(ended.stderr).toMatch(line);
  expect(ended.stderr.trimEnd()).toMatch(/^port20: [^\n]+$/);
  expect(ended).toMatchObject({ status, stdout: '' });
}
