// `stress --target`: a server that runs already, measured from the client's side alone: in every direction, beside our binders, its password kept to itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeAll, responder } from '../client/harness.ts';
import { sending } from '../client/user-pis.ts';
import { closedPort, ownAddress, ownPort } from '../support/loopback.ts';
import { emptyFolder, run, start } from './port20.ts';
import { strategy } from './stressing.ts';
import { measured, served, stressed } from './targets.ts';

afterEach(closeAll);

describe('a server that runs already', () => {
  it('is measured by what the client sees, content included', async () => {
    const host = await served();
    const result = await measured(`ftp://${host}/file`);
    expect(result).toMatchObject({
      valid: true,
      host: { loopback: true },
      requested: { binders: [], baseline: host },
    });
    const target = strategy(result, host);
    expect(target).toMatchObject({ kind: 'target', failed: 0, fromDefaultDataPort: target.connected });
    expect(target).toMatchObject({
      retry: null,
      bindsPerTransfer: null,
      waitToBindP99Ms: null,
      prediction: null,
    });
    expect(target.completed).toBeGreaterThan(0);
    expect(result.blocks[0]).toMatchObject({ serverView: false, bindCalls: null, contention: null });
  });

  it("has its failures told by phase and errno, in the server's own words", async () => {
    // The one transfer before the run leaves the port in TIME_WAIT for all of it.
    const host = await served('--binder', 'legacy', '--retry', 'none');
    const target = strategy(await measured(`ftp://${host}/file`), host);
    expect(target.completed).toBe(0);
    expect(target.failures).toEqual({ 'bind.EADDRINUSE': target.offered });
  });
});

describe('its password', () => {
  /** Lets one user in, with one password. */
  async function guarded(): Promise<{ readonly host: string; readonly commands: readonly string[] }> {
    const { endpoint, commands } = await responder({
      USER: ({ argument, reply }) => reply(argument === 'carol' ? '331 password' : '530 who?'),
      PASS: ({ argument, reply }) => reply(argument === 'hunter2' ? '230 welcome' : '530 wrong'),
      RETR: (turn) => sending('some bytes')(turn),
    });
    return { host: `${endpoint.address}:${endpoint.port}`, commands };
  }

  it('comes from the environment or a file, and is in no output', async () => {
    const { host, commands } = await guarded();
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'secret'), 'hunter2\n');
    const url = `ftp://carol@${host}/file`;
    const byFile = await stressed(url, ['--password-file', 'secret', '--out', 'result.json'], { cwd });
    const byVariable = await stressed(url, ['--json'], { cwd, env: { PORT20_PASSWORD: 'hunter2' } });
    expect([byFile.status, byVariable.status]).toEqual([0, 0]);
    expect(commands.filter((line) => line.startsWith('PASS'))).toEqual(new Array(8).fill('PASS hunter2'));
    const saved = readFileSync(join(cwd, 'result.json'), 'utf8');
    expect(saved).toContain(`ftp://carol@${host}/file`);
    for (const { stdout, stderr } of [byFile, byVariable])
      expect(stdout + stderr + saved).not.toContain('hunter2');
  });

  it('that is wrong is told before any load, and not shown', async () => {
    const { host } = await guarded();
    const ended = await stressed(`ftp://carol@${host}/file`, [], { env: { PORT20_PASSWORD: 'swordfish' } });
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(
      new RegExp(`^port20: target ${host}: can't log in to ${host} from .*530[^\\n]*\\n$`),
    );
    expect(ended.stderr).not.toContain('swordfish');
  });
});

describe('mistakes', () => {
  const oneLine = (text: RegExp) => new RegExp(`^port20: [^\\n]*${text.source}[^\\n]*\\n$`);

  it.each([
    [
      'ftp://127.0.0.1:2121',
      [],
      /target ftp:\/\/127.*: name a file to fetch, such as ftp:.*\/file, or use --direct/,
    ],
  ])('%s %j: exit 2', async (url, flags, text) => {
    const ended = await stressed(url, flags);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(oneLine(text));
  });

  it('a server that does not answer, or has no such file: exit 3, before any load', async () => {
    const { address, port } = await closedPort(ownAddress());
    const silent = await stressed(`ftp://${address}:${port}/file`);
    expect(silent).toMatchObject({ status: 3, stdout: '' });
    expect(silent.stderr).toMatch(oneLine(/target 127\.[\d.:]+: can't log in to .*ECONNREFUSED/));
    const without = await stressed(`ftp://${await served()}/none`);
    expect(without).toMatchObject({ status: 3, stdout: '' });
    expect(without.stderr).toMatch(
      oneLine(/target 127\.[\d.:]+: 'none' cannot be fetched in active mode: reply\.550/),
    );
  });
});

describe('a server that runs already', () => {
  it('takes uploads and lists without a file being named', async () => {
    const host = await served('--write');
    for (const direction of ['stor', 'list']) {
      const target = strategy(await measured(`ftp://${host}`, '--direction', direction), host);
      expect(target.failed).toBe(0);
      expect(target.completed).toBeGreaterThan(0);
    }
  });

  it('stands beside our own binders, and twice beside itself', async () => {
    const host = await served();
    const urls = `ftp://${host}/file,ftp://${host}/file`;
    const result = await measured(urls, '--binder', 'reuse-port', '--baseline', host);
    expect(result.strategies.map(({ contestant, kind }) => [contestant, kind])).toEqual([
      ['reuse-port', 'binder'],
      [host, 'target'],
      [`${host}#2`, 'target'],
    ]);
    expect(result.comparisons.map(({ baseline, candidate }) => [baseline, candidate])).toEqual([
      [host, 'reuse-port'],
      [host, `${host}#2`],
    ]);
  });

  it('with --require-data-port fails what comes from elsewhere', async () => {
    const host = await served('--binder', 'ephemeral');
    const target = strategy(await measured(`ftp://${host}/file`, '--require-data-port'), host);
    expect(target.completed).toBe(0);
    expect(target.failures).toEqual({ 'connect.wrong-source': target.offered });
  });

  it('that sends other bytes than before is found out', async () => {
    let sent = 0;
    const { endpoint } = await responder({
      RETR: (turn) => sending(sent++ === 0 ? 'some bytes' : sent % 2 === 0 ? 'SOME BYTES' : 'some')(turn),
    });
    const host = `${endpoint.address}:${endpoint.port}`;
    const target = strategy(
      await measured(`ftp://${host}/file`, '--transfers', '6', '--duration', '60s'),
      host,
    );
    expect(target).toMatchObject({ completed: 0, failures: { corrupted: 3, truncated: 3 } });
  });
});

describe('its password', () => {
  it('is refused in a URL, and not repeated: neither from a flag nor from the environment', async () => {
    const url = 'ftp://carol:hunter2@127.0.0.1:2121/file';
    for (const ended of [await stressed(url), await run(['stress'], { env: { PORT20_TARGET: url } })]) {
      expect(ended).toMatchObject({ status: 2, stdout: '' });
      expect(ended.stderr).toMatch(
        /^port20: flags: target 1: target 127\.0\.0\.1:2121: a password does not belong into a URL: use PORT20_PASSWORD or --password-file\n$/,
      );
    }
  });
});

describe('mistakes', () => {
  const oneLine = (text: RegExp) => new RegExp(`^port20: [^\\n]*${text.source}[^\\n]*\\n$`);

  it.each([
    ['ftp://192.0.2.1/file', [], /192\.0\.2\.1 is not this machine: say --i-own-this-server if it is yours/],
    ['127.0.0.1:2121/file', [], /'127\.0\.0\.1:2121\/file' is not a server such as ftp:\/\/127/],
    ['ftp://127.0.0.1/f', ['--password-file', 'none'], /password file 'none' cannot be read: ENOENT/],
    ['ftp://127.0.0.1/f', ['--baseline', 'legacy'], /baseline 'legacy' is not among the strategies \(127/],
  ])('%s %j: exit 2', async (url, flags, text) => {
    const ended = await stressed(url, flags);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(oneLine(text));
  });

  it('an address that nothing leads to: exit 3', async () => {
    const ended = await stressed('ftp://255.255.255.255/file', ['--i-own-this-server', '--dry-run']);
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(oneLine(/target 255\.255\.255\.255 cannot be reached from here: E[A-Z]+/));
  });
});

describe('a transfer that cannot be made', () => {
  it.each([
    [],
    ['--think-time', '5ms'],
    ['--rate', '50'],
    ['--workload', 'open', '--arrivals', 'constant', '--rate', '50'],
    ['--workload', 'bursts', '--every', '20ms'],
    ['--rate', '50', '--login', 'each', '--user-pi', 'lean'],
  ])('ends the block with its cause in one line, whatever the workload: %j', async (...flags) => {
    const host = `[::1]:${ownPort()}`;
    const root = emptyFolder();
    writeFileSync(join(root, 'file'), 'some bytes');
    await start(['serve', '--listen', host, '--root', root]).stderrMatch(/listening on/);
    // The run's first look at the target, which takes EPRT, works.
    const { status, stderr } = await stressed(`ftp://${host}/file`, ['--announce', 'PORT', ...flags]);
    expect(status).toBe(4);
    const told = stderr.split('\n').filter((line) => !/^(block \d|$)/.test(line));
    expect(told).toEqual([
      `port20: the result is invalid: 1 of 1 blocks, first: load/${host}: load generator: ` +
        'active mode: PORT cannot carry the IPv6 address ::1; use EPRT',
    ]);
  });
});
