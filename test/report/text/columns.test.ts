// The strategy table where there is more, or less, to tell: dropped arrivals, predictions, servers that are not ours.
import { describe, expect, it } from '@jest/globals';
import { columnsFor } from '../../../src/report/text/columns.ts';
import { formatMarkdown } from '../../../src/report/text/markdown.ts';
import { legend, retriesInWords } from '../../../src/report/text/scenario.ts';
import { formatTables } from '../../../src/report/text/table.ts';
import type { Prediction, StrategyResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

const PLAIN = { colour: false };
const PREDICTION: Prediction = {
  ...{
    failureRate: 0.4,
    interval: [0.351, 0.452],
    tolerance: [0.3, 0.5],
    replications: 200,
    verdict: 'explained',
  },
};

/** What a block of a server lacks that keeps no records. */
const FOREIGN = { serverView: false, bindCalls: null, contention: null };

const MIXED = sampleResult({
  requested: samplePlan({
    ...{ binders: ['legacy-bsd', 'legacy-bsd'], peers: ['vsftpd'], targets: ['ftp://127.0.0.1:2121/file'] },
    ...{ baseline: 'legacy-bsd', scenarios: [sampleScenario()], blocks: 1, userPi: 'lean' },
  }),
  blocks: ['legacy-bsd', 'legacy-bsd#2', 'vsftpd', '127.0.0.1:2121'].map((contestant) =>
    sampleBlock({ contestant, failed: 40, dropped: 5, ...(contestant.startsWith('legacy') ? {} : FOREIGN) }),
  ),
});

function predicted(prediction: Prediction | null): StrategyResult[] {
  return MIXED.strategies.map((strategy, i) => ({ ...strategy, prediction: i < 2 ? prediction : null }));
}

describe('the strategy table', () => {
  it('of servers that are not ours has dashes where they tell nothing', () => {
    const table = formatTables({ ...MIXED, strategies: predicted(PREDICTION) }, PLAIN);
    expect(table.split('\n\n')[0]).toMatchInlineSnapshot(`
"downloads-64: 64 sessions fetching a 4 KiB file (RETR); window between bind and connect 5 ms = 1
  schedule second; 1 block × 5 s of each
─────────────────────────────────────────────────────────────────────────────────
                                                     failure      95 %
strategy        offered  completed  failed  dropped     rate  interval  predicted
─────────────────────────────────────────────────────────────────────────────────
legacy-bsd          145        100      40        5   28.6 %         –  35.1–45.2
legacy-bsd#2        145        100      40        5   28.6 %         –  35.1–45.2
vsftpd              145        100      40        5   28.6 %         –          –
127.0.0.1:2121      145        100      40        5   28.6 %         –          –
────────────────────────────────────────────────────────
                binds   from    peak  failures by
strategy         each    L-1  on L-1  phase and errno
────────────────────────────────────────────────────────
legacy-bsd       1.00  100 %  12 / 2  40 bind EADDRINUSE
legacy-bsd#2     1.00  100 %  12 / 2  40 bind EADDRINUSE
vsftpd              –  100 %  12 / 2  40 bind EADDRINUSE
127.0.0.1:2121      –  100 %  12 / 2  40 bind EADDRINUSE
───────────────────────────────────────────────────────────────────────────────────
                   wait     time     time     time     time   p99     time  longest
strategy            p99      p50      p90      p95      p99  95 %    p99.9     time
───────────────────────────────────────────────────────────────────────────────────
legacy-bsd      failed‡  4.2 ms‡  failed‡  failed‡  failed‡     –  failed‡    6 ms‡
legacy-bsd#2    failed‡  4.2 ms‡  failed‡  failed‡  failed‡     –  failed‡    6 ms‡
vsftpd               –   4.2 ms‡  failed‡  failed‡  failed‡     –  failed‡    6 ms‡
127.0.0.1:2121       –   4.2 ms‡  failed‡  failed‡  failed‡     –  failed‡    6 ms‡
───────────────────────────────────────────────
                             transfers/s
strategy        transfers/s         95 %   MB/s
───────────────────────────────────────────────
legacy-bsd               20            –  0.082
legacy-bsd#2             20            –  0.082
vsftpd                   20            –  0.082
127.0.0.1:2121           20            –  0.082
───────────────────────────────────────────────
‡ of transfers that began; arrivals that were dropped are in no time and no rate: 3.4 % of
  legacy-bsd, 3.4 % of legacy-bsd#2, 3.4 % of vsftpd and 3.4 % of 127.0.0.1:2121
strategy        time of a transfer, in buckets of equal ratio             failed
legacy-bsd      ▁          ▁    ▁   ▁ ▁ ▁ ▁ ▁▁▁▁▁▁▂▁▂▁▂▂▃▂▃▄▃▄▄▄▄▄▆▆▆▇█   28.6 %
legacy-bsd#2    ▁          ▁    ▁   ▁ ▁ ▁ ▁ ▁▁▁▁▁▁▂▁▂▁▂▂▃▂▃▄▃▄▄▄▄▄▆▆▆▇█   28.6 %
vsftpd          ▁          ▁    ▁   ▁ ▁ ▁ ▁ ▁▁▁▁▁▁▂▁▂▁▂▂▃▂▃▄▃▄▄▄▄▄▆▆▆▇█   28.6 %
127.0.0.1:2121  ▁          ▁    ▁   ▁ ▁ ▁ ▁ ▁▁▁▁▁▁▂▁▂▁▂▂▃▂▃▄▃▄▄▄▄▄▆▆▆▇█   28.6 %
                |0.03 ms    |0.1 ms    |0.3 ms      |1 ms      |3 ms"
`);
  });

  it('shows dropped arrivals and predictions only where there are some', () => {
    const headersOf = (strategies: readonly StrategyResult[]) =>
      columnsFor(strategies).map(({ header }) => header.join(' ').trim());
    expect(headersOf(predicted(PREDICTION))).toEqual(expect.arrayContaining(['dropped', 'predicted']));
    expect(headersOf(predicted(null))).not.toContain('predicted');
    // A port that is shared is predicted to fail none: no news.
    expect(headersOf(predicted({ ...PREDICTION, failureRate: 0, interval: [0, 0] }))).not.toContain(
      'predicted',
    );
    const lossless = predicted(null).map((strategy) => ({ ...strategy, dropped: 0 }));
    expect(headersOf(lossless)).not.toContain('dropped');
  });

  it('cuts no word of a head in two', () => {
    const heads = columnsFor(predicted(PREDICTION)).flatMap(({ header }) => header);
    expect(heads.filter((line) => line.endsWith('-'))).toEqual([]);
  });

  it('marks a prediction that does not hold', () => {
    const tonesOf = (verdict: Prediction['verdict']) => {
      const strategies = predicted({ ...PREDICTION, verdict });
      const column = columnsFor(strategies).find(({ header }) => header[1] === 'predicted');
      return strategies.map((strategy) => column?.tone?.(strategy));
    };
    expect(tonesOf('explained')).toEqual(['plain', 'plain', 'plain', 'plain']);
    expect(tonesOf('more-failures')).toEqual(['caution', 'caution', 'plain', 'plain']);
    expect(tonesOf('fewer-failures').slice(0, 2)).toEqual(['caution', 'caution']);
  });

  it('is the same in Markdown', () => {
    const markdown = formatMarkdown({ ...MIXED, strategies: predicted(PREDICTION) });
    expect(markdown).toContain('| failed | dropped | failure rate | 95 % interval | predicted | binds each');
    expect(markdown).toMatch(
      /^\| vsftpd \| 145 \| 100 \| 40 \| 5 \| 28\.6 % \| – \| – \| – \| 100 % \| .* \| – \| 4\.2 ms‡ \| failed‡ \| /m,
    );
    expect(markdown).toContain(
      '| time p90 | time p95 | time p99 | p99 95 % | time p99.9 | longest time | transfers/s | transfers/s 95 % | MB/s |',
    );
  });
});

describe('what stands around it', () => {
  it('tells the schedules of our own strategies only', () => {
    expect(retriesInWords(MIXED.strategies)).toEqual([
      'retry: bsd (11 binds, waits of 1 to 10 schedule seconds)',
    ]);
    expect(retriesInWords(MIXED.strategies.slice(2))).toEqual([]);
  });

  it('explains what is there, and no more', () => {
    const notes = legend({ ...MIXED, strategies: predicted(PREDICTION) }).join('\n');
    expect(notes).toMatch(/^predicted: /m);
    expect(notes).toMatch(/^L-1 of a peer: /m);
    const plain = legend(sampleResult()).join('\n');
    expect(plain).not.toMatch(/predicted|peer/);
    expect(legend({ ...MIXED, strategies: predicted(null) }).join('\n')).not.toContain('predicted');
  });
});
