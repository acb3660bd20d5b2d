// Runs that are broken off: by SIGKILL of any of their processes, by Ctrl-C, by a full disk; and that go on where they were.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parsePlan } from '../../src/plan/parse.ts';
import { problemInWords } from '../../src/report/words/problems.ts';
import type { RunResult } from '../../src/result/types.ts';
import { hostOfRun } from '../../src/run/host.ts';
import { createRunFolder } from '../../src/run/store/folder.ts';
import {
  appears,
  blocksIn,
  gone,
  linesOf,
  processesWith,
  savedBlocks,
  savedResult,
  scheduleOf,
  transfersOf,
  until,
  withoutTime,
} from '../run/store/folders.ts';
import { folderWith, hint, LONG_THEN_SHORT, SHORT } from './broken-off.ts';
import { type Ended, emptyFolder, expectOneLine, MAIN, run, start, startProgram } from './port20.ts';
import { descendantsOf, isAlive, loadBegun, processesOf, transferEnded } from './stressing.ts';

describe('the coordinator is killed', () => {
  it('between blocks or in one: those on disk stay, the rest is run as it would have been', async () => {
    const cwd = emptyFolder();
    const attempts = ['--attempts', 'lines'];
    const killed = start([...SHORT, '--dir', 'run', ...attempts], { cwd, env: { TMPDIR: cwd } });
    await killed.stderrMatch(/block 1 of 6/);
    const path = join(cwd, 'run');
    await appears(join(path, 'blocks/0002.json'));
    const pids = descendantsOf(killed.child.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toMatchObject({ status: null, stdout: '' });
    await gone(() => pids.filter(isAlive));
    await gone(() => processesWith(cwd));
    const kept = Object.entries(blocksIn(path)).filter(([name]) => name.endsWith('.json'));
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(readdirSync(path).filter((name) => name.startsWith('lock.'))).toHaveLength(1);

    const resumed = await run(['stress', '--resume', 'run', '--json', ...attempts], { cwd });
    expect({ status: resumed.status, stderr: resumed.stderr }).toMatchObject({ status: 0 });
    const result: RunResult = JSON.parse(resumed.stdout);
    expect(result).toMatchObject({ valid: true, partial: false, endedBy: 'plan' });
    expect(linesOf(join(cwd, 'lines'))).toEqual(transfersOf(result));
    expect(result.resumed).toEqual([{ at: expect.any(String), blocksDone: kept.length }]);
    expect(savedResult(path)).toEqual(result);
    expect(blocksIn(path)).toMatchObject(Object.fromEntries(kept));
    expect(savedBlocks(path)).toEqual(result.blocks);
    expect(readdirSync(path).sort()).toEqual(['blocks', 'plan.yaml', 'result.json', 'run.json']);

    const uninterrupted: RunResult = JSON.parse((await run(SHORT)).stdout);
    expect(scheduleOf(result)).toEqual(scheduleOf(uninterrupted));

    const again = await run(['stress', '--resume', 'run'], { cwd });
    expect({ status: again.status, stderr: again.stderr }).toEqual({
      status: 0,
      stderr:
        "port20: the transfers are kept in 'run'; with --attempts FILE they are written to a file, too\n",
    });
    expect(again.stdout).toMatch(
      /^! The run was broken off and taken up again after [2-5] blocks \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)\.$/m,
    );
    expect(savedResult(path)).toEqual(result);
  });

  it.each([3, 4])('while its processes start, %d of them so far: none is left', async (count) => {
    const cwd = emptyFolder();
    const { child, ended } = start([...SHORT, '--dir', 'run'], { cwd, env: { TMPDIR: cwd } });
    await until(() => processesWith(cwd).length >= count);
    child.kill('SIGKILL');
    await ended;
    await gone(() => processesWith(cwd));
  });
});

describe('another process of the run is killed', () => {
  const victims = [
    ['server', /^server process \d+ ended by SIGKILL$/],
    ['generator', /^load generator process \d+ ended by SIGKILL$/],
    ['worker', /^server: server process \d+ ended by SIGKILL$/],
  ] as const;
  it.each(victims)('%s: its block is invalid and run again, the others are kept', async (victim, problem) => {
    const cwd = folderWith(LONG_THEN_SHORT);
    const stress = start(['stress', 'plan.yaml', '--dir', 'run', '--json'], { cwd });
    await loadBegun(stress);
    process.kill(processesOf(stress)[victim], 'SIGKILL');
    const { status, stdout, stderr } = await stress.ended;
    const result: RunResult = JSON.parse(stdout);
    const [block] = result.blocks;
    expect(result.blocks.map(({ valid }) => valid)).toEqual([false, true]);
    const [reason] = (block?.problems ?? []).map(problemInWords);
    expect(block?.problems).toEqual([{ id: 'broken-off', reason: expect.stringMatching(problem) }]);
    expect(stderr).toContain(
      `port20: the result is invalid: 1 of 2 blocks, first: long/reuse-port: ${reason}\n${hint('run')}`,
    );
    expect(status).toBe(4);
    const path = join(cwd, 'run');
    expect(savedResult(path)).toEqual(result);
    const { '0002.json': other } = blocksIn(path);

    const resumed = await run(['stress', '--resume', 'run', '--json'], { cwd });
    expect(resumed.status).toBe(0);
    const whole: RunResult = JSON.parse(resumed.stdout);
    expect(whole).toMatchObject({ valid: true, resumed: [{ blocksDone: 1 }] });
    expect(whole.blocks.map(({ valid }) => valid)).toEqual([true, true]);
    expect(blocksIn(path)).toMatchObject({ '0002.json': other });
  });

  it('between two blocks: that costs none', async () => {
    const cwd = folderWith(`rest: 1s${LONG_THEN_SHORT.replace('3s', '150ms')}`);
    const stress = start(['stress', 'plan.yaml', '--dir', 'run', '--json'], { cwd });
    await stress.stderrMatch(/block 1 of 2/);
    await appears(join(cwd, 'run/blocks/0001.json'));
    const { generator, worker } = processesOf(stress);
    for (const pid of [generator, worker]) process.kill(pid, 'SIGKILL');
    const { status, stdout } = await stress.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, blocks: [{ valid: true }, { valid: true }] });
  });

  const peers = process.geteuid?.() === 0 && existsSync(join(tmpdir(), 'port20-peers', 'vsftpd.unpacked'));

  (peers ? it : it.skip)('a peer: the same', async () => {
    const cwd = folderWith(LONG_THEN_SHORT.replace('binders: [reuse-port]', 'peers: [vsftpd]'));
    const stress = start(['stress', 'plan.yaml', '--dir', 'run', '--json'], { cwd });
    await loadBegun(stress);
    const daemon = descendantsOf(stress.child.pid ?? 0).find((pid) => nameOf(pid) === 'vsftpd');
    process.kill(daemon ?? 0, 'SIGKILL');
    const { status, stdout, stderr } = await stress.ended;
    const result: RunResult = JSON.parse(stdout);
    expect(result.blocks.map(({ valid }) => valid)).toEqual([false, true]);
    expect(stderr).toMatch(/1 of 2 blocks, first: long\/vsftpd: peer 'vsftpd' ended in mid-run: Killed\n/);
    expect(status).toBe(4);
    const resumed = await run(['stress', '--resume', 'run', '--json'], { cwd });
    expect(resumed.status).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ valid: true, resumed: [{ blocksDone: 1 }] });
  });

  function nameOf(pid: number): string {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  }
});

describe('Ctrl-C', () => {
  it('once: what was measured is printed and saved, and the block that was cut short is run again', async () => {
    const cwd = folderWith(LONG_THEN_SHORT);
    const flags = ['--json', '--attempts', 'lines'];
    const stress = start(['stress', 'plan.yaml', '--dir', 'run', ...flags], { cwd });
    await loadBegun(stress);
    stress.child.kill('SIGINT');
    const { status, stdout, stderr } = await stress.ended;
    expect(status).toBe(130);
    expect(
      stderr.endsWith(`port20: SIGINT: ending this block; once more to stop at once\n${hint('run')}`),
    ).toBe(true);
    const partial: RunResult = JSON.parse(stdout);
    expect(partial).toMatchObject({ partial: true, endedBy: 'interrupt' });
    expect(partial.blocks).toHaveLength(1);
    const path = join(cwd, 'run');
    expect(savedResult(path)).toEqual(partial);
    expect(blocksIn(path)).toEqual({});
    expect(linesOf(join(cwd, 'lines'))).toEqual(transfersOf(partial));

    const resumed = await run(['stress', '--resume', 'run', ...flags], { cwd });
    expect(resumed.status).toBe(0);
    const whole: RunResult = JSON.parse(resumed.stdout);
    expect(whole).toMatchObject({ valid: true, partial: false, resumed: [{ blocksDone: 0 }] });
    expect(linesOf(join(cwd, 'lines'))).toEqual(transfersOf(whole));
    expect(whole.startedAt).toBe(partial.startedAt);
    // The block that was cut short is no more, but its time was taken.
    const load = whole.blocks.reduce((ms, { durationMs }) => ms + durationMs, 0);
    expect(whole.durationMs).toBeGreaterThanOrEqual(partial.durationMs + Math.floor(load));
    expect(whole.blocks[0]?.durationMs).toBeGreaterThan(1000);
  });

  it('twice: stops at once, finished blocks are on disk, nothing is told of the one that ran', async () => {
    // The first transfer has the port to itself; the others would wait for half a minute, and Ctrl-C gives them 2 s.
    const cwd = folderWith(`
      binders: [legacy]
      retry: [30]
      blocks: 1
      workers: 1
      scenarios: [{ name: one, sessions: 1, transfers: 1 }, { name: waiting, sessions: 4, duration: 60s }]
    `);
    const stress = start(['stress', 'plan.yaml', '--dir', 'run', '--json'], { cwd, env: { TMPDIR: cwd } });
    await stress.stderrMatch(/block 1 of 2/);
    const path = join(cwd, 'run');
    await appears(join(path, 'blocks/0001.json'));
    const before = blocksIn(path);
    await transferEnded(processesOf(stress).generator, JSON.parse(before['0001.json'] ?? '').server);
    stress.child.kill('SIGINT');
    await stress.stderrMatch(/once more to stop at once/);
    process.kill(processesOf(stress).server, 'SIGSTOP'); // it does not hear that it is to end, which takes time
    stress.child.kill('SIGINT');
    expect(await stress.ended).toMatchObject({ status: 130, stdout: '' });
    await gone(() => processesWith(cwd));
    expect(blocksIn(path)).toEqual(before);
    expect(existsSync(join(path, 'result.json'))).toBe(false);
  });
});

describe('what is refused', () => {
  it('a second run in the folder while the first is alive, new or taken up again', async () => {
    const cwd = folderWith(LONG_THEN_SHORT.replace('3s', '60s'));
    const first = start(['stress', 'plan.yaml', '--dir', 'run', '--json'], { cwd });
    await first.stderrMatch(/block 1 of/);
    const line = new RegExp(
      `^port20: process ${first.child.pid} is running in 'run': wait for it to end, or name another`,
    );
    expectOneLine(await run([...SHORT, '--dir', 'run'], { cwd }), 3, line);
    expectOneLine(await run(['stress', '--resume', 'run'], { cwd }), 3, line);
    first.child.kill('SIGINT');
    expect((await first.ended).status).toBe(130);
    expectOneLine(
      await run([...SHORT, '--dir', 'run'], { cwd }),
      2,
      /^port20: 'run' has a run already: take it up again \(port20 stress --resume run\), or name another folder$/m,
    );
  });

  it('to go on with a run of another version, and leaves its folder as it is', async () => {
    const path = join(emptyFolder(), 'run');
    await (await createRunFolder(path, parsePlan(LONG_THEN_SHORT), hostOfRun(null))).release();
    const run1 = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
    const versions: [number, string][] = [
      [1, 'an earlier'],
      [run1.formatVersion + 1, 'a later'],
    ];
    for (const [formatVersion, when] of versions) {
      const text = JSON.stringify({ ...run1, formatVersion });
      writeFileSync(join(path, 'run.json'), text);
      expectOneLine(
        await run(['stress', '--resume', path]),
        2,
        new RegExp(
          `^port20: the run in '.*run' was begun by ${when} port20 \\(its format version is ${formatVersion}, here it is ${run1.formatVersion}\\): go on with that one, or begin a new run in another folder$`,
          'm',
        ),
      );
      expect(readFileSync(join(path, 'run.json'), 'utf8')).toBe(text);
      expect(readdirSync(path).sort()).toEqual(['blocks', 'plan.yaml', 'run.json']);
    }
  });

  it('to go on on another host, unless the user says so', async () => {
    const path = join(emptyFolder(), 'run');
    const plan = parsePlan(LONG_THEN_SHORT.replace('3s', '150ms'));
    const elsewhere = { ...hostOfRun(null), kernel: '4.4BSD' };
    await (await createRunFolder(path, plan, elsewhere)).release();
    expectOneLine(
      await run(['stress', '--resume', path]),
      2,
      /^port20: the run in '.*run' began on another host: host\.kernel was 4\.4BSD, is \S+: resume it all the same with --allow-env-diff$/m,
    );
    const { status, stdout } = await run(['stress', '--resume', path, '--allow-env-diff', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, resumed: [{ blocksDone: 0 }] });
  });
});

const own = [...(process.geteuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];
const mounts = spawnSync('unshare', [...own, 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0;

/** A file system of its own needs root, or unprivileged user namespaces, which not every host gives. */
(mounts ? describe : describe.skip)('a full disk', () => {
  it('while a block is saved: what was measured is printed, what was saved is intact, and with room the run goes on', async () => {
    const { broken, resumed, kept, result, lines } = await onDisk(
      'size=64k',
      'head -c 20k /dev/zero > ballast',
    );
    expect(broken.stderr).toMatch(
      /^port20: 'run\/blocks\/\d{4}\.(nd)?json' cannot be written: ENOSPC; what was saved before is intact: go on with: port20 stress --resume run\n$/,
    );
    expect(broken.status).toBe(3);
    const partial: RunResult = JSON.parse(broken.stdout);
    expect(partial).toMatchObject({ partial: true, endedBy: 'interrupt' });
    expect(partial.blocks).toHaveLength(kept.length + 1);
    expect(partial.blocks.slice(0, -1)).toEqual(kept);
    expect(linesOf(lines.broken)).toEqual(transfersOf(partial));
    expect(resumed).toBe(0);
    expect(result).toMatchObject({ valid: true, partial: false, resumed: [{ blocksDone: kept.length }] });
    expect(result.blocks).toHaveLength(6);
    expect(result.blocks.slice(0, kept.length)).toEqual(kept);
    expect(linesOf(lines.resumed)).toEqual(transfersOf(result));
  });

  it('while the result is saved: it is printed all the same, and made again from its blocks', async () => {
    // The root, run, blocks, a lock, run.json, plan.yaml, six blocks with their transfers, the ballast: not one more.
    const { broken, resumed, kept, result } = await onDisk('nr_inodes=19', 'touch ballast');
    expect(broken.stderr).toBe(
      "port20: 'run/result.json' cannot be written: ENOSPC; what was saved before is intact: go on with: port20 stress --resume run\n",
    );
    expect(broken.status).toBe(3);
    expect(JSON.parse(broken.stdout).blocks).toEqual(kept);
    expect(resumed).toBe(0);
    expect(result).toMatchObject({ valid: true, partial: false, resumed: [] });
    expect(result.blocks).toEqual(kept);
  });

  it('for the transfers alone: the run goes on, and its other files are saved', async () => {
    const { ended, result, lines, out } = await onlyTheLines();
    const { stdout, stderr, status } = ended;
    expect(stderr).toMatch(
      /^port20: 'disk\/lines' cannot be written: ENOSPC; it has the transfers of the first (block|\d blocks)\n$/,
    );
    expect(status).toBe(3);
    expect(result).toMatchObject({ valid: true, partial: false, endedBy: 'plan' });
    expect(JSON.parse(stdout)).toEqual(out);
    const whole = linesOf(lines);
    expect(whole.length).toBeGreaterThan(0);
    expect(whole).toEqual(transfersOf(result).slice(0, whole.length));
  });

  interface OnDisk {
    readonly broken: Ended;
    /** Exit status, once there was room. */
    readonly resumed: number;
    readonly kept: readonly unknown[];
    readonly result: RunResult;
    /** The file of `--attempts`, which lies where there is room, after either run. */
    readonly lines: { readonly broken: string; readonly resumed: string };
  }

  /** Runs on a small disk with some ballast, takes the ballast away, and has the run go on. */
  async function onDisk(size: string, ballast: string): Promise<OnDisk> {
    const out = emptyFolder();
    const port20 = `"${process.execPath}" "${MAIN}"`;
    const script = `
      mkdir disk && mount -t tmpfs -o ${size} none disk && cd disk && ${ballast} || exit 99
      ${port20} ${SHORT.join(' ')} --quiet --dir run --attempts ../lines > ../stdout 2> ../stderr; echo $? > ../status
      cp -r run/blocks ../kept && cp ../lines ../broken && rm ballast && mount -o remount,size=8m,nr_inodes=100 .
      ${port20} stress --resume run --quiet --json --attempts ../lines > ../result; echo $? > ../resumed`;
    const { status, stderr } = await startProgram('unshare', [...own, 'sh', '-c', script], { cwd: out })
      .ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const text = (name: string) => readFileSync(join(out, name), 'utf8');
    const names = readdirSync(join(out, 'kept')).filter((name) => name.endsWith('.json'));
    return {
      broken: { status: Number(text('status')), stdout: text('stdout'), stderr: text('stderr') },
      resumed: Number(text('resumed')),
      kept: names.sort().map((name) => withoutTime(text(join('kept', name)))),
      result: JSON.parse(text('result')),
      lines: { broken: join(out, 'broken'), resumed: join(out, 'lines') },
    };
  }

  /** A run without a folder, of which the transfers go onto a disk that has room for some. */
  async function onlyTheLines() {
    const cwd = emptyFolder();
    const script = `
      mkdir disk && mount -t tmpfs -o size=24k none disk || exit 99
      "${process.execPath}" "${MAIN}" ${SHORT.join(' ')} --quiet --attempts disk/lines --out result
      status=$?; cp disk/lines lines; exit $status`;
    const ended = await startProgram('unshare', [...own, 'sh', '-c', script], { cwd }).ended;
    const result: RunResult = JSON.parse(readFileSync(join(cwd, 'result'), 'utf8'));
    return { ended, result, out: result, lines: join(cwd, 'lines') };
  }
});
