// `stress --target`: a server that runs already, measured from the client's side alone, its password kept to itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeAll, responder } from '../client/harness.ts';
import { sending } from '../client/user-pis.ts';
import { closedPort, ownAddress } from '../support/loopback.ts';
import { emptyFolder } from './port20.ts';
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
