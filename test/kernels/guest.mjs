// Boots a kernel in QEMU with questions, and waits for its answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PreflightError } from '../../dist/errors.js';
import { temporaryFolder } from '../../dist/temporary-folder.js';
import { writeInitramfs } from './initramfs.mjs';
import { qemu } from './packages.mjs';

const MEMORY = '2G';
const CPUS = '2';
const COMMAND_LINE = 'console=ttyS0 rdinit=/init panic=-1 quiet';
/** Lines of the guest's console that are shown when it gave no answer. */
const CONSOLE_LINES = 15;

/**
 * @param kernel of packages.mjs
 * @param questions `{ name, command, answerIn }`, run one after the other
 * @param patienceMs for the whole guest
 * @returns a map of answers by name, each `{ status, seconds, answer, problem }`, and `seconds` in all
 * @throws PreflightError when the guest ended, or its time did, before it had answered all
 */
export async function askGuest({ kernel, questions, patienceMs, ...rest }) {
  const { path: folder, remove } = await temporaryFolder('port20-run-', "a guest's files");
  try {
    const startMs = performance.now();
    const [initramfs, console, answers] = ['initramfs', 'console', 'answers'].map((one) => join(folder, one));
    await writeInitramfs(initramfs, { kernel, patienceMs, questions, ...rest });
    const { file, env, args } = await qemu();
    const machine = ['-M', 'pc', '-accel', 'tcg', '-cpu', 'max', '-smp', CPUS, '-m', MEMORY];
    const boot = ['-kernel', kernel.image, '-initrd', initramfs, '-append', COMMAND_LINE];
    const ports = ['-serial', `file:${console}`, '-serial', `file:${answers}`];
    const bare = ['-nodefaults', '-display', 'none', '-no-reboot'];
    const end = await running(file, [...args, ...machine, ...boot, ...ports, ...bare], env, patienceMs);
    const found = new Map(readAnswers(answers).map(({ name, ...answer }) => [name, answer]));
    const missing = questions.filter(({ name }) => !found.has(name));
    if (missing.length > 0) throw noAnswer(kernel, missing, end, console);
    return { answers: found, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    await remove();
  }
}

/** @returns how it ended, in words */
async function running(file, args, env, patienceMs) {
  const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, patienceMs);
  try {
    const [status] = await once(child, 'close');
    if (late) return `it was not ready after ${patienceMs / 1000} s: give it more --patience`;
    return status === 0 ? 'it ended early' : `QEMU ended with ${status}: ${said.trim()}`;
  } catch (cause) {
    throw new PreflightError(`QEMU cannot be run: ${cause.message}`, { cause });
  } finally {
    clearTimeout(timer);
    process.off('exit', kill);
  }
}

function readAnswers(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

function noAnswer({ version }, missing, end, console) {
  const names = missing.map(({ name }) => name).join(', ');
  const last = existsSync(console)
    ? readFileSync(console, 'utf8').trim().split('\n').slice(-CONSOLE_LINES)
    : [];
  return new PreflightError([`kernel ${version} gave no answer to ${names}: ${end}`, ...last].join('\n  '));
}
