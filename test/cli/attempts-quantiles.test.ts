// The file of all transfers against the result: its quantiles and counts can be made again from the lines.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { RunResult } from '../../src/result/types.ts';
import { run } from './port20.ts';

interface Line {
  readonly contestant: string;
  readonly warmUp: boolean;
  readonly outcome: string;
  readonly scheduledAtMs: number;
  readonly endedAtMs: number;
}

it('quantiles are those of the lines that are not marked as warm-up, the failed ones being endless', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'port20-test-')), 'transfers.ndjson');
  const { stdout } = await run([
    ...[
      'stress',
      '--binder',
      'legacy-bsd,reuse-port',
      '--sessions',
      '8',
      '--duration',
      '400ms',
      '--blocks',
      '2',
    ],
    ...['--warm-up', '200ms', '--time-unit', '2ms', '--bind-to-connect', '4ms', '--attempts', file, '--json'],
  ]);
  const result = JSON.parse(stdout) as RunResult;
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(lines.filter(({ warmUp }) => warmUp)).toHaveLength(
    result.blocks.reduce((sum, { warmUp }) => sum + warmUp, 0),
  );
  for (const strategy of result.strategies) {
    const counted = lines.filter((line) => line.contestant === strategy.contestant && !line.warmUp);
    const times = counted
      .map((line) => (line.outcome === 'completed' ? line.endedAtMs - line.scheduledAtMs : Infinity))
      .sort((a, b) => a - b);
    expect(times).toHaveLength(strategy.completed + strategy.failed);
    const quantile = (q: number) => times[Math.ceil(q * times.length) - 1] ?? Number.NaN;
    for (const [q, told] of [
      [0.5, strategy.transferP50Ms],
      [0.9, strategy.transferP90Ms],
      [0.99, strategy.transferP99Ms],
    ] as const) {
      // Three significant digits, of microseconds.
      if (quantile(q) === Infinity) expect(told).toBe('failed');
      else expect(Math.abs(Number(told) / quantile(q) - 1)).toBeLessThan(0.0015);
    }
    const longest = Math.max(...times.filter(Number.isFinite));
    expect(Math.abs((strategy.transferMaxMs ?? 0) / longest - 1)).toBeLessThan(0.0015);
  }
});
