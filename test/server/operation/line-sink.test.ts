// Lines to a file, a pipe and a socket that are full, gone, or not read: none is waited for, and none is cut unnoticed.
import { execFileSync } from 'node:child_process';
import { hasSubscribers } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { descriptorOutput, type Output, openFileOutput } from '../../../src/net/output.ts';
import { publishSessionRefused, SESSION_CHANNEL } from '../../../src/server/control/session-record.ts';
import { LineSink } from '../../../src/server/operation/line-sink.ts';
import { openLog } from '../../../src/server/operation/log.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const LINE = `${'x'.repeat(999)}\n`;
const lossNote = (lines: number) => `lost ${lines}\n`;

let folder: string;
let fds: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'port20-test-'));
  fds = [];
});

afterEach(() => {
  for (const fd of fds) closeSync(fd);
  rmSync(folder, { recursive: true });
});

function kept(fd: number): number {
  fds.push(fd);
  return fd;
}

/** A pipe by name, and its reader. */
function pipe(): { readonly path: string; readonly reader: number } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return { path, reader: openSync(path, O_RDONLY | O_NONBLOCK) };
}

function readAvailable(fd: number): string {
  const buffer = Buffer.alloc(1024 * 1024);
  let text = '';
  for (;;) {
    try {
      const bytes = readSync(fd, buffer);
      if (bytes === 0) return text;
      text += buffer.toString('utf8', 0, bytes);
    } catch {
      return text; // EAGAIN
    }
  }
}

describe('a pipe', () => {
  it('that is not read takes what it can and holds up nobody; then losses are told, and lines are whole', () => {
    const { path, reader } = pipe();
    kept(reader);
    const troubles: string[] = [];
    const open = () => openFileOutput(path);
    const sink = new LineSink({ open, lossNote, onTrouble: (code) => void troubles.push(code) });
    for (let n = 0; n < 3000; n++) sink.write(LINE); // 3 MB: 64 KiB in the pipe, 1 MiB waiting
    expect(troubles).toEqual(['EAGAIN']);
    expect(sink.lost).toBeGreaterThan(1500);
    let text = '';
    for (let round = 0; round < 40; round++) {
      text += readAvailable(reader);
      sink.reopen(); // offers what waits once more
    }
    sink.write('after\n');
    text += readAvailable(reader);
    sink.close();
    const lines = text.trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual([`lost ${sink.lost}`, 'after']);
    expect(lines.slice(0, -2).every((line) => `${line}\n` === LINE)).toBe(true);
    expect(lines.length - 2 + sink.lost).toBe(3000);
  });

  it('that is inherited is written without waiting, too, and stays as it was for others', () => {
    const { path, reader } = pipe();
    kept(reader);
    const inherited = kept(openSync(path, O_WRONLY));
    const sink = new LineSink({ open: () => descriptorOutput(inherited) });
    for (let n = 0; n < 3000; n++) sink.write(LINE);
    expect(sink.lost).toBeGreaterThan(0);
    sink.close();
    const flags = readFileSync(`/proc/self/fdinfo/${inherited}`, 'utf8').match(/flags:\s+(\d+)/)?.[1] ?? '';
    expect(Number.parseInt(flags, 8) & O_NONBLOCK).toBe(0);
  });

  it('whose reader is gone costs its lines, and one word of it', () => {
    const { path, reader } = pipe();
    const troubles: string[] = [];
    const sink = new LineSink({
      open: () => openFileOutput(path),
      onTrouble: (code) => void troubles.push(code),
    });
    closeSync(reader);
    for (let n = 0; n < 10; n++) sink.write(LINE);
    expect([troubles, sink.lost]).toEqual([['EPIPE'], 10]);
    sink.close();
  });
});

it('a socket that is not read holds up nobody either', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(join(folder, 'socket'));
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect(join(folder, 'socket'));
  const [reader] = await accepted;
  const { fd } = (client as unknown as { _handle: { fd: number } })._handle;
  const sink = new LineSink({ open: () => descriptorOutput(fd), lossNote });
  for (let n = 0; n < 3000; n++) sink.write(LINE);
  expect(sink.lost).toBeGreaterThan(0);
  sink.close();
  client.destroy();
  reader.destroy();
  server.close();
  await once(server, 'close');
});

describe('a disk', () => {
  it('that is full costs lines, is told once, and is told of again when it was not', () => {
    const troubles: string[] = [];
    let full = true;
    const path = join(folder, 'log');
    const open = () => openFileOutput(full ? '/dev/full' : path);
    const sink = new LineSink({ open, lossNote, onTrouble: (code) => void troubles.push(code) });
    sink.write(LINE);
    sink.write(LINE);
    full = false;
    sink.reopen();
    sink.write('good\n');
    full = true;
    sink.reopen();
    sink.write(LINE);
    sink.close();
    expect(readFileSync(path, 'utf8')).toBe('lost 2\ngood\n');
    expect([troubles, sink.lost]).toEqual([['ENOSPC', 'ENOSPC'], 3]);
  });

  it('is written no more once it is closed, whatever is asked then', () => {
    const path = join(folder, 'log');
    const sink = new LineSink({ open: () => openFileOutput(path) });
    sink.write('last\n');
    sink.close();
    const next = kept(openSync(join(folder, 'other'), O_WRONLY | constants.O_CREAT)); // has its descriptor now
    sink.write('late\n');
    sink.reopen();
    sink.write('later\n');
    sink.close();
    expect([readFileSync(path, 'utf8'), readFileSync(join(folder, 'other'), 'utf8')]).toEqual(['last\n', '']);
    expect(() => writeSync(next, 'own')).not.toThrow();
  });

  it('is not logged to by a reload that ends behind the last line', () => {
    const path = join(folder, 'log');
    const own = openLog('info', path);
    own.log.info('one');
    own.close();
    own.setLevel('trace');
    own.reopen();
    own.log.fatal('two');
    publishSessionRefused(1, { address: '127.0.0.1', port: 1 }, 'three');
    own.close();
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toEqual([expect.stringContaining('one')]);
    expect(hasSubscribers(SESSION_CHANNEL)).toBe(false);
  });

  it('keeps the old file where the new one cannot be', () => {
    const path = join(folder, 'log');
    let target = path;
    const sink = new LineSink({ open: () => openFileOutput(target) });
    target = join(folder, 'none', 'log');
    expect(() => sink.reopen()).toThrow('ENOENT');
    sink.write('still\n');
    renameSync(path, `${path}.1`);
    target = path;
    sink.reopen();
    sink.write('new\n');
    sink.close();
    expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['still\n', 'new\n']);
  });
});

it.each<[string, Step[]]>([
  ['that is full in the middle of a line', [3, 'ENOSPC']],
  ['that is full in the middle of a line, and then at its start', [3, 'ENOSPC', 'ENOSPC']],
  ['that has no room yet for the end of one', [3, 0]],
])('a file %s leaves nothing of it to the one in its place', (_, script) => {
  const files: string[] = [];
  const todo = [...script];
  const open = (): Output => {
    const at = files.push('') - 1;
    return {
      place: `file ${at}`,
      write(bytes) {
        const step = todo.shift() ?? bytes.length;
        if (step === 'ENOSPC') throw Object.assign(new Error(step), { code: step });
        files[at] += bytes.toString('utf8', 0, step);
        return Math.min(step, bytes.length);
      },
      close() {},
    };
  };
  const sink = new LineSink({ open, lossNote });
  for (let n = 1; n < script.length; n++) sink.write(`line ${n}\n`);
  sink.reopen();
  sink.write('good\n');
  sink.close();
  const [old, anew = ''] = files;
  expect(old).toBe('lin');
  expect(anew.split('\n').slice(-3)).toEqual([`lost ${sink.lost}`, 'good', '']);
  expect(anew).toMatch(/^lost/);
});

/** What a reader does at each write: takes so many bytes, or fails. */
type Step = number | 'ENOSPC';
const steps = fc.array(fc.oneof(fc.nat(12), fc.constant('ENOSPC' as const)), { maxLength: 40 });

it('whatever is taken when: whole lines in their order, a torn one is ended, and every other is counted', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 30 }), (script, count) => {
      let text = '';
      const todo = [...script];
      const output: Output = {
        place: 'the same',
        write(bytes) {
          const step = todo.shift() ?? bytes.length;
          if (step === 'ENOSPC') throw Object.assign(new Error(step), { code: step });
          text += bytes.toString('utf8', 0, step);
          return Math.min(step, bytes.length);
        },
        close() {},
      };
      const sink = new LineSink({ open: () => output });
      for (let n = 0; n < count; n++) sink.write(`line ${n}.\n`);
      for (let n = 0; n < script.length; n++) sink.reopen(); // which offers what waits once more
      todo.length = 0;
      sink.reopen();
      sink.write('last.\n');
      sink.close();
      const lines = text.split('\n');
      expect(lines.pop()).toBe('');
      const whole = lines.filter((line) => line.endsWith('.'));
      const numbers = whole.slice(0, -1).map((line) => Number(/^line (\d+)\.$/.exec(line)?.[1]));
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect(whole.at(-1)).toBe('last.');
      // One that lacked nothing but its line feed is told as lost, and was ended by the next one.
      const ended = script.includes('ENOSPC') ? count : 0;
      expect(numbers.length + sink.lost).toBeGreaterThanOrEqual(count);
      expect(numbers.length + sink.lost).toBeLessThanOrEqual(count + ended);
      for (const torn of lines.filter((line) => !line.endsWith('.')))
        expect('line 29.'.length).toBeGreaterThan(torn.length - 1);
    }),
  );
});
