// The log of `port20 serve` where it is hard to write: a full disk, a reader that dies or does not read, files that are moved.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { RawClient } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, expectOneLine, MAIN, run, start } from './port20.ts';

const started = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all([...started].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  started.clear();
});

function root(): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'f'), 'content');
  return folder;
}

/** A server whose standard error is that descriptor. */
function startTo(stderr: number, args: readonly string[]): ChildProcess {
  const options = { stdio: ['ignore', 'ignore', stderr] as const, env: { PATH: process.env.PATH } };
  const child = spawn(process.execPath, [MAIN, 'serve', '--root', root(), ...args], {
    ...options,
    stdio: [...options.stdio],
    cwd: emptyFolder(),
  });
  started.add(child);
  return child;
}

/** Resolves once the server takes connections, as it cannot say so. */
async function connected(address: string): Promise<RawClient> {
  for (;;) {
    const client = await RawClient.loggedIn({ address, port: 2121 }).catch(() => undefined);
    if (client !== undefined) return client;
    await systemClock.sleep(20);
  }
}

async function fetchOften(client: RawClient, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const listener = await client.announce(); // one each: the last one's 4-tuple may not be free yet
    expect((await client.fetch('RETR f', listener)).last).toMatch(/^226 /);
    await listener.close();
  }
}

async function endsInOrder(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(143);
}

describe.each([['1'], ['2']])('with %s processes, standard error that', (workers) => {
  it('is a full disk costs lines, not transfers', async () => {
    const address = ownAddress();
    const full = openSync('/dev/full', 'w');
    const child = startTo(full, ['--listen', `${address}:2121`, '--workers', workers]);
    closeSync(full);
    const client = await connected(address);
    await fetchOften(client, 20);
    await client.quit();
    await endsInOrder(child);
  });

  it('is a pipe whose reader is gone costs lines, not transfers', async () => {
    const address = ownAddress();
    const path = join(emptyFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, 'w');
    const child = startTo(writer, ['--listen', `${address}:2121`, '--workers', workers]);
    closeSync(writer);
    const client = await connected(address);
    closeSync(reader);
    await fetchOften(client, 20);
    await client.quit();
    await endsInOrder(child);
  });

  it('is a pipe that nobody reads holds up no transfer, and no end', async () => {
    const address = ownAddress();
    const path = join(emptyFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, 'w');
    // At debug a login is several lines: they fill the 64 KiB of the pipe.
    const child = startTo(writer, [
      '--listen',
      `${address}:2121`,
      '--workers',
      workers,
      '--log-level',
      'debug',
    ]);
    closeSync(writer);
    const client = await connected(address);
    await fetchOften(client, 200);
    await client.quit();
    await endsInOrder(child);
    closeSync(reader);
  });
});

describe('--log-file and --xferlog', () => {
  it.each([['1'], ['2']])(
    'with %s processes are new files after logrotate has moved them and SIGUSR2',
    async (workers) => {
      const address = ownAddress();
      const folder = emptyFolder();
      const [log, xferlog] = [join(folder, 'log'), join(folder, 'xferlog')];
      const place = ['--listen', `${address}:2121`, '--root', root(), '--workers', workers];
      const server = start(['serve', ...place, '--log-file', log, '--xferlog', xferlog]);
      await server.stderrMatch(/^listening on /m);
      const clients = await Promise.all([0, 1].map(() => RawClient.loggedIn({ address, port: 2121 }))); // one each
      for (const client of clients) await fetchOften(client, 1);
      for (const file of [log, xferlog]) renameSync(file, `${file}.1`);
      server.child.kill('SIGUSR2');
      for (const client of clients) await untilIn(log, () => fetchOften(client, 1));
      for (const client of clients) await client.quit();
      server.child.kill('SIGTERM');
      const { status, stderr } = await server.ended;
      expect(status).toBe(143);
      expect(stderr).not.toContain('{'); // no line of the log
      const transfers = (file: string) =>
        readFileSync(file, 'utf8').match(/RETR completed|\/f b _ o a/g)?.length ?? 0;
      expect([transfers(`${log}.1`) + transfers(log), transfers(log)]).toEqual([
        transfers(`${xferlog}.1`) + transfers(xferlog),
        transfers(xferlog),
      ]);
      expect(transfers(log)).toBeGreaterThanOrEqual(1);
      expect(transfers(`${log}.1`)).toBeGreaterThanOrEqual(2);
      expect(statSync(log).mode & 0o777).toBe(0o640);
    },
  );

  /** The signal comes when it comes: does it again until something is written to the file. */
  async function untilIn(file: string, again: () => Promise<void>): Promise<void> {
    const bytes = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const before = bytes();
    do await again();
    while (bytes() === before);
  }

  it.each([
    ['--log-file', 'none/file', /^port20: the log file 'none\/file' cannot be written: ENOENT$/m],
    ['--log-file', '.', /^port20: the log file '\.' cannot be written: EISDIR$/m],
    ['--xferlog', 'none/file', /^port20: the transfer log 'none\/file' cannot be written: ENOENT$/m],
  ])('%s %s is refused in one line', async (flag, value, line) => {
    for (const workers of ['1', '2']) {
      const place = ['--listen', `${ownAddress()}:2121`, '--workers', workers];
      expectOneLine(await run(['serve', ...place, flag, value]), 3, line);
    }
  });
});
