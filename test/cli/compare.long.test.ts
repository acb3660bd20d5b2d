// `port20 compare` on real results: what it prints, and the exit status that a script can act on.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { emptyFolder, run } from './port20.ts';

const cwd = emptyFolder();

beforeAll(async () => {
  const load = ['--sessions', '4', '--duration', '150ms', '--blocks', '6', '--time-unit', '1ms', '--quiet'];
  const binders = ['--binder', 'legacy,reuse-port,ephemeral', '--baseline', 'legacy'];
  const { status } = await run(['stress', ...load, ...binders, '--out', 'run.json'], { cwd });
  expect(status).toBe(0);
});

describe('two strategies of one run', () => {
  it('a better candidate: exit 0', async () => {
    const { status, stdout } = await run(['compare', 'run.json', '--candidate', 'reuse-port'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^load +.*legacy.*reuse-port/m);
  });

  it('a worse candidate: exit 10', async () => {
    const args = [
      'compare',
      'run.json',
      '--baseline',
      'reuse-port',
      '--candidate',
      'legacy',
      '--format',
      'json',
    ];
    const { status, stdout } = await run(args, { cwd });
    expect(status).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ of: 'strategies', rows: [{ verdict: 'worse' }] });
  });

  it('without a candidate says what to name', async () => {
    const { status, stderr } = await run(['compare', 'run.json'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^port20: name a second result, or with --candidate a strategy of the first\n$/);
  });

  it('a strategy against itself: exit 2', async () => {
    const { status, stderr } = await run(['compare', 'run.json', '--candidate', 'legacy'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^port20: 'legacy' would be compared with itself[^\n]*\n$/);
  });

  it('an invalid run: the table, and exit 4 whatever the verdict', async () => {
    const invalid = { ...JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8')), valid: false };
    writeFileSync(join(cwd, 'invalid.json'), JSON.stringify(invalid));
    const { status, stderr } = await run(['compare', 'invalid.json', '--candidate', 'reuse-port'], { cwd });
    expect(status).toBe(4);
    expect(stderr).toMatch(/^port20: 'invalid\.json' is the result of an invalid run/);
  });

  it('a strategy that the run does not have: exit 2', async () => {
    const { status, stderr } = await run(['compare', 'run.json', '--candidate', 'reuse-addr'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^port20: [^\n]*reuse-addr[^\n]*\n$/);
  });
});

describe('two runs', () => {
  it('the same blocks twice are nowhere worse nor better, with no setting that differs', async () => {
    const result = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8'));
    writeFileSync(
      join(cwd, 'later.json'),
      JSON.stringify({ ...result, startedAt: '2026-01-01T00:00:00.000Z' }),
    );
    const { status, stdout } = await run(['compare', 'run.json', 'later.json', '--format', 'json'], { cwd });
    const { rows, settings } = JSON.parse(stdout);
    expect(settings).toEqual([]);
    expect(rows.map(({ difference }: { difference: number }) => difference)).toEqual([0, 0, 0]);
    expect(rows.map(({ verdict }: { verdict: string }) => verdict)).not.toContain('better');
    expect(status).toBe(0);
  });

  describe('that were not made alike', () => {
    beforeAll(() => {
      const result = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8'));
      const [scenario] = result.requested.scenarios;
      const startedAt = '2026-01-01T00:00:00.000Z';
      const host = { ...result.host, kernel: '0.9.9', cpus: 99, arch: 'vax', node: 'v0.0.1' };
      const requested = { ...result.requested, scenarios: [{ ...scenario, warmUpMs: 5 }] };
      writeFileSync(join(cwd, 'unlike.json'), JSON.stringify({ ...result, startedAt, host, requested }));
      const again = { ...result, startedAt, tool: { ...result.tool, version: '0.0.0' } };
      writeFileSync(join(cwd, 'again.json'), JSON.stringify(again));
    });

    it('are refused in one line that names differences and the way out: exit 2', async () => {
      const { status, stdout, stderr } = await run(['compare', 'run.json', 'unlike.json'], { cwd });
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /^port20: the two runs were not made alike: host\.kernel \([^)]+, 0\.9\.9\), [^\n]* and 2 more differ; [^\n]*--allow-env-diff\n$/,
      );
    });

    it('are compared with --allow-env-diff: differences first, and each verdict is marked', async () => {
      const args = ['compare', 'run.json', 'unlike.json', '--allow-env-diff'];
      const { status, stdout } = await run(args, { cwd, env: { COLUMNS: '200' } });
      expect(status).toBe(0);
      expect(stdout).toMatch(/^5 differences of environment or load\n/);
      expect(stdout.match(/\(A and B unlike\)$/gm)).toHaveLength(3);
      const json = await run([...args, '--format', 'json'], { cwd });
      expect(JSON.parse(json.stdout)).toMatchObject({ alike: false, settings: { length: 5 } });
      expect((await run([...args, '--format', 'md'], { cwd })).stdout).toMatch(/^5 differences of/);
    });

    it('are alike with another version, which is told', async () => {
      const { status, stdout } = await run(['compare', 'run.json', 'again.json'], { cwd });
      expect(status).toBe(0);
      expect(stdout).toMatch(/^A and B were run in the same environment with the same load\./);
      expect(stdout).toMatch(/^tool\.version +\S+ +0\.0\.0$/m);
    });
  });

  it('one scenario alone, if both have it', async () => {
    const args = ['compare', 'run.json', 'run.json', '--baseline', 'legacy', '--candidate', 'reuse-port'];
    const { status, stderr } = await run([...args, '--scenario', 'nope'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/no scenario 'nope': it has load/);
  });

  it('too few blocks are inconclusive: exit 11 under --strict alone', async () => {
    const short = [
      '--sessions',
      '2',
      '--duration',
      '100ms',
      '--blocks',
      '2',
      '--binder',
      'reuse-port',
      '--quiet',
    ];
    for (const file of ['short.json', 'short-too.json'])
      expect((await run(['stress', ...short, '--out', file], { cwd })).status).toBe(0);
    const args = ['compare', 'short.json', 'short-too.json'];
    expect((await run(args, { cwd })).status).toBe(0);
    expect((await run([...args, '--strict'], { cwd })).status).toBe(11);
  });
});

it('a result of a later format says which it reads', async () => {
  const later = { formatVersion: 99, tool: { name: 'port20' }, blocks: [], strategies: [] };
  writeFileSync(join(cwd, 'later.json'), JSON.stringify(later));
  const { status, stderr } = await run(['compare', 'later.json'], { cwd });
  expect(status).toBe(2);
  expect(stderr).toMatch(/'later\.json' has format version 99; this port20 reads 1/);
});

describe('report', () => {
  it.each([
    ['text', /^load: 4 sessions fetching/m],
    ['md', /^\| +strategy/m],
    ['csv', /^scenario,contestant,binder/m],
    ['json', /"formatVersion": 1/],
  ])('prints the saved result as %s', async (format, pattern) => {
    const { status, stdout } = await run(['report', 'run.json', '--format', format], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(pattern);
  });
});
