// Where the output of a run goes: readers that leave, full disks, links, and folders that cannot be used.
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { emptyFolder, MAIN, run, startProgram } from './port20.ts';

describe('output that cannot be written', () => {
  const QUICK = [
    'stress',
    '--binder',
    'ephemeral',
    '--sessions',
    '2',
    '--duration',
    '100ms',
    '--blocks',
    '1',
    '--quiet',
  ];

  it('a reader that has gone is no error', async () => {
    const shell = `"${process.execPath}" "${MAIN}" stress --print-plan | true; exit \${PIPESTATUS[0]}`;
    const { status, stderr } = await startProgram('/bin/bash', ['--norc', '-c', shell]).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('a full standard output is told in one line', async () => {
    const shell = `exec "${process.execPath}" "${MAIN}" stress --print-plan > /dev/full`;
    const { status, stderr } = await startProgram('/bin/sh', ['-c', shell]).ended;
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'port20: cannot write to standard output: ENOSPC\n',
    });
  });

  it('a result that finds no room is printed all the same, and what was there stays', async () => {
    const cwd = emptyFolder();
    const shell = `ulimit -f 8; exec "${process.execPath}" "${MAIN}" ${QUICK.join(' ')} --blocks 9 --file-size 1KiB --out r.json`;
    writeFileSync(join(cwd, 'r.json'), 'before');
    const { status, stdout, stderr } = await startProgram('/bin/sh', ['-c', shell], { cwd }).ended;
    expect(stdout).toMatch(/^ephemeral/m);
    expect({ status, stderr }).toEqual({ status: 3, stderr: "port20: cannot write 'r.json': EFBIG\n" });
    expect(readdirSync(cwd)).toEqual(['r.json']);
    expect(readFileSync(join(cwd, 'r.json'), 'utf8')).toBe('before');
  });

  it('a link is followed, and what it points to is written', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'target.json'), '');
    symlinkSync('target.json', join(cwd, 'link.json'));
    expect((await run([...QUICK, '--out', 'link.json'], { cwd })).status).toBe(0);
    expect(lstatSync(join(cwd, 'link.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(join(cwd, 'target.json'), 'utf8'))).toMatchObject({ valid: true });
  });

  it('a temporary folder that cannot be used is told in one line', async () => {
    const { status, stderr } = await run(QUICK, { env: { TMPDIR: '/no/such/folder' } });
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^port20: the temporary folder \/no\/such\/folder cannot hold the run's files: ENOENT\n$/,
    );
  });
});
