// The forms for files, Markdown and CSV, and the line of progress.
import { describe, expect, it } from '@jest/globals';
import { formatCsv } from '../../src/report/export/csv.ts';
import { formatMarkdown, markdownTable } from '../../src/report/text/markdown.ts';
import { formatProgress } from '../../src/report/text/progress.ts';
import type { Progress } from '../../src/result/progress.ts';
import { samplePlan, sampleResult, sampleScenario } from './sample-result.ts';

describe('formatMarkdown', () => {
  it('prints the sample', () => {
    expect(formatMarkdown(sampleResult())).toMatchSnapshot();
  });

  it('escapes what would end a cell', () => {
    expect(markdownTable(['a|b'], ['right'], [['1\n2']])).toBe('| a\\|b |\n| --: |\n| 1<br>2 |');
  });
});

describe('formatCsv', () => {
  it('prints one row a strategy, all of the same length, numbers unrounded', () => {
    const lines = formatCsv(sampleResult()).trimEnd().split('\n');
    const [head = '', first = ''] = lines;
    expect(lines).toHaveLength(1 + 12);
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
    const row = Object.fromEntries(head.split(',').map((name, index) => [name, first.split(',')[index]]));
    expect(row).toMatchObject({
      scenario: 'downloads-8',
      contestant: 'legacy',
      retry: 'bsd',
      failed: '1126',
      failures: 'bind.EADDRINUSE=1126',
      wait_to_bind_p99_ms: 'failed',
      failure_rate: String(1126 / 1154),
    });
  });

  it('quotes what holds a separator, and leaves what is unknown empty', () => {
    const scenarios = [sampleScenario({ name: 'a,"b"' })];
    const [strategy] = sampleResult().strategies;
    if (strategy === undefined) throw new Error('the sample has no strategy');
    const named = { ...strategy, scenario: 'a,"b"', interval: null, retry: '1,2' };
    const csv = formatCsv(sampleResult({ requested: samplePlan({ scenarios }), strategies: [named] }));
    expect(csv.split('\n')[1]).toMatch(/^"a,""b""",legacy,legacy,"1,2",64,.*,0\.97\d+,,,1,/);
  });
});

describe('formatProgress', () => {
  const progress: Progress = {
    blocksDone: 12,
    blocksTotal: 72,
    scenario: 'downloads-64',
    contestant: 'legacy-bsd',
    elapsedMs: 65_123,
    remainingMs: 312_000,
    offered: 5990,
    own: { finished: 990, failed: 402 },
  };

  it.each([
    [
      {},
      'block 13 of 72 · downloads-64 · legacy-bsd · 402 of 990 failed (40.6 %) · 1 min 5 s so far, 5 min 12 s left',
    ],
    [
      { blocksDone: 0, elapsedMs: 400, remainingMs: null, own: { finished: 0, failed: 0 } },
      'block 1 of 72 · downloads-64 · legacy-bsd · nothing ended yet · 0 s',
    ],
    [
      { blocksDone: 72, remainingMs: 0, own: { finished: 990, failed: 0 } },
      'block 72 of 72 · downloads-64 · legacy-bsd · 0 of 990 failed · 1 min 5 s so far, 0 s left',
    ],
  ])('%j', (changes, line) => {
    expect(formatProgress({ ...progress, ...changes })).toBe(line);
  });
});
