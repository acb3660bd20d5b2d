// Progress on a terminal and elsewhere, with a clock that is moved by hand.
import { describe, expect, it } from '@jest/globals';
import { createProgressLine, progressPrinter } from '../../src/cli/progress.ts';
import { createRateMeter } from '../../src/report/text/rate-meter.ts';
import type { Progress } from '../../src/result/progress.ts';

const PROGRESS: Progress = {
  ...{ blocksDone: 0, blocksTotal: 2, scenario: 'load', contestant: 'reuse-port' },
  ...{ elapsedMs: 0, remainingMs: 60_000, offered: 0, own: { finished: 0, failed: 0 } },
};

/** A stream that keeps what was written to it, and a progress line on it. */
function setUp(terminal?: { readonly columns: number }) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  const clock = { at: 0, nowMs: () => clock.at };
  const stream = terminal === undefined ? { write } : { write, isTTY: true, columns: terminal.columns };
  return { written, clock, stream, line: createProgressLine(stream, clock) };
}

describe('elsewhere than on a terminal', () => {
  it('writes a whole line at once and then one every ten seconds', () => {
    const { written, clock, line } = setUp();
    for (clock.at = 0; clock.at <= 25_000; clock.at += 100) {
      line.show({
        ...PROGRESS,
        elapsedMs: clock.at,
        remainingMs: 60_000 - clock.at,
        offered: clock.at / 100,
        own: { finished: clock.at / 200, failed: 0 },
      });
    }
    expect(written).toEqual([
      'block 1 of 2 · load · reuse-port · nothing ended yet · 0 s so far, 1 min left\n',
      'block 1 of 2 · load · reuse-port · 0 of 50 failed · 10/s · 10 s so far, 50 s left\n',
      'block 1 of 2 · load · reuse-port · 0 of 100 failed · 10/s · 20 s so far, 40 s left\n',
    ]);
  });

  it('writes on while a run reports nothing, and tells that nothing happens', () => {
    const { written, clock, line } = setUp();
    line.show({ ...PROGRESS, offered: 9, own: { finished: 7, failed: 0 } });
    for (clock.at = 0; clock.at <= 20_500; clock.at += 500) line.tick();
    expect(written).toHaveLength(3);
    expect(written[2]).toBe(
      'block 1 of 2 · load · reuse-port · 0 of 7 failed · 0/s · 20 s so far, 40 s left\n',
    );
  });

  it('removes nothing, and is silent once it was cleared', () => {
    const { written, clock, line } = setUp();
    line.show(PROGRESS);
    line.clear();
    clock.at = 60_000;
    line.tick();
    expect(written).toHaveLength(1);
  });
});

describe('on a terminal', () => {
  it('rewrites one line at most ten times a second', () => {
    const { written, clock, line } = setUp({ columns: 80 });
    for (clock.at = 0; clock.at < 1000; clock.at += 10) line.show(PROGRESS);
    expect(written.filter((text) => text.includes('reuse-port'))).toHaveLength(10);
    expect(written.join('')).not.toContain('\n');
  });

  it.each([20, 50, 80, 0])('leaves the last of %d columns free', (columns) => {
    const { written, line } = setUp({ columns });
    line.show(PROGRESS);
    const [text = ''] = written.filter((part) => part.includes('1'));
    expect(text.length).toBeLessThan(columns || 80);
  });

  it('removes the line at the end', () => {
    const { written, line } = setUp({ columns: 80 });
    line.clear();
    expect(written.join('')).toBe('\x1b[1G\x1b[2K');
  });
});

describe('progressPrinter', () => {
  it('is silent with --quiet', () => {
    const { written, stream } = setUp();
    const printer = progressPrinter({ quiet: true }, stream);
    printer.show(PROGRESS);
    printer.clear();
    expect(written).toEqual([]);
  });

  it('may be used again after it was cleared', () => {
    const { written, stream } = setUp();
    const printer = progressPrinter({}, stream);
    printer.show(PROGRESS);
    printer.clear();
    printer.clear();
    expect(written).toHaveLength(1);
  });
});

describe('createRateMeter', () => {
  it.each([
    ['nothing from one look', [[0, 5]], null],
    [
      'nothing over too short a time',
      [
        [0, 0],
        [999, 100],
      ],
      null,
    ],
    [
      'growth over the window',
      [
        [0, 0],
        [2000, 100],
      ],
      50,
    ],
    [
      'only what is within the window',
      [
        [0, 0],
        [10_000, 1000],
        [12_000, 1010],
      ],
      5,
    ],
    [
      'nothing where the count fell',
      [
        [0, 100],
        [2000, 90],
      ],
      null,
    ],
    [
      '0 for a standstill',
      [
        [0, 100],
        [2000, 100],
      ],
      0,
    ],
  ] as const)('%s', (_, looks, expected) => {
    const meter = createRateMeter(5000);
    const rates = looks.map(([atMs, count]) => meter.perSecond(atMs, count));
    expect(rates.at(-1)).toBe(expected);
  });
});
