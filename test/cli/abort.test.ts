// `stress --abort-on`: ends early with status 99 and a valid result that says why; mistakes are found before any load.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readRunResult } from '../../src/result/read.ts';
import { expectOneLine, run } from './port20.ts';

const WITHOUT_RETRY = ['--sessions', '4', '--duration', '100ms', '--blocks', '4'];
const SHORT = [...WITHOUT_RETRY, '--time-unit', '1ms'];

describe('a run that goes wrong', () => {
  it('ends after the second block of the row, with 99, and says so wherever it is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'port20-test-'));
    const [out, junit] = [join(folder, 'result.json'), join(folder, 'junit.xml')];
    const { status, stdout, stderr } = await run([
      ...['stress', '--binder', 'legacy,reuse-port', ...SHORT, '--out', out, '--junit', junit],
      ...['--abort-on', 'reuse-port.failureRate > 50%', '--abort-on', 'legacy.failureRate > 50%'],
    ]);
    expect({ status, stderr: stderr.split('\n').at(-2) }).toMatchObject({
      status: 99,
      stderr: expect.stringMatching(
        /^port20: ended early: load\/legacy\.failureRate is .* %, and the plan aborts on legacy\.failureRate > 50% \(2 blocks\)$/,
      ),
    });
    const result = readRunResult(JSON.parse(readFileSync(out, 'utf8')));
    expect(result).toMatchObject({ valid: true, partial: true, endedBy: 'interrupt' });
    expect(result.abortedBy).toMatchObject({ contestant: 'legacy', blocks: 2 });
    expect(result.blocks.filter(({ contestant }) => contestant === 'legacy')).toHaveLength(2);
    expect(result.requested.abortOn).toHaveLength(2);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'and the plan aborts on legacy.failureRate > 50% (2 blocks)',
    );
    expect(readFileSync(junit, 'utf8')).toMatch(/<testcase .*name="abort on legacy.failureRate &gt; 50%"/);
  });

  it('ends after the first one where the plan says that one is enough', async () => {
    const { status, stdout } = await run([
      ...['stress', '--binder', 'legacy', ...SHORT, '--json'],
      ...['--abort-on', '*.failureRate > 50%', '--abort-after', '1'],
    ]);
    expect(status).toBe(99);
    expect(JSON.parse(stdout).blocks).toHaveLength(1);
  });
});

it('a run that keeps it is whole, and ends with 0', async () => {
  const { status, stdout } = await run([
    ...['stress', '--binder', 'reuse-port', ...WITHOUT_RETRY, '--json'],
    ...['--abort-on', '*.failureRate > 50%'],
  ]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ abortedBy: null, partial: false, endedBy: 'plan' });
});

describe('mistakes', () => {
  it.each([
    [['--abort-on', 'legacy.failurerate > 1'], /failureRate/],
    [['--abort-on', 'nosuch.failureRate > 1%', '--binder', 'legacy'], /abortOn: .*nosuch/],
    [['--abort-on', 'legacy.failureRate > 1%', '--binder', 'legacy', '--blocks', '1'], /abortAfter 2/],
    [['--abort-after', '0'], /abort-after/],
    [['--abort-on', ''], /abort-on/],
  ])('%j', async (flags, wanted) => {
    expectOneLine(await run(['stress', ...flags, '--dry-run']), 2, wanted);
  });
});
