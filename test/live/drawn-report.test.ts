// When a report is drawn: once a result, when it is asked for, and in a small part of the time.
import { describe, expect, it } from '@jest/globals';
import { createDrawnReport } from '../../src/live/drawn-report.ts';
import { warningsInWords } from '../../src/report/words/warnings.ts';
import type { RunResult } from '../../src/result/types.ts';
import { sampleResult } from '../report/sample-result.ts';

const so = (name: string, changes: Partial<RunResult> = {}): RunResult =>
  sampleResult({
    blocks: [],
    warnings: [{ id: 'text', text: name }],
    partial: true,
    endedBy: 'interrupt',
    ...changes,
  });

/** Each drawing takes 100 ms of this clock. */
function drawing() {
  const drawn: RunResult[] = [];
  let nowMs = 1000;
  const report = createDrawnReport(
    (result) => {
      drawn.push(result);
      nowMs += 100;
      return warningsInWords(result.warnings).join();
    },
    { nowMs: () => nowMs },
  );
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { report, drawn, wait };
}

describe('a report', () => {
  it('is nothing before the first result', () => {
    const { report } = drawing();
    expect([report.current(), report.final(), report.json()]).toEqual([undefined, undefined, undefined]);
  });

  it('is drawn when it is asked for, and once', () => {
    const { report, drawn } = drawing();
    report.show(so('one'));
    expect(drawn).toEqual([]);
    expect(report.current()).toEqual({ number: 1, markup: 'one' });
    expect(report.current()).toEqual({ number: 1, markup: 'one' });
    expect(drawn.length).toBe(1);
  });

  it('rests twenty times as long as it took', () => {
    const { report, wait } = drawing();
    report.show(so('one'));
    report.current();
    report.show(so('two'));
    wait(1999);
    expect(report.current()).toEqual({ number: 1, markup: 'one' });
    wait(1);
    expect(report.current()).toEqual({ number: 2, markup: 'two' });
  });

  it('of a run under way does not say that it was ended early', () => {
    const { report, drawn } = drawing();
    report.show(so('one'));
    report.current();
    expect(drawn[0]).toMatchObject({ partial: false, endedBy: 'plan' });
  });

  it('of a run that was out of time says so', () => {
    const { report, drawn } = drawing();
    report.show(so('one', { endedBy: 'max-time' }));
    report.current();
    expect(drawn[0]).toMatchObject({ partial: true, endedBy: 'max-time' });
  });
});

describe('the final report', () => {
  it('does not rest', () => {
    const { report } = drawing();
    report.show(so('one'));
    report.current();
    report.show(so('two'));
    expect(report.final()).toEqual({ number: 2, markup: 'two' });
  });

  it('says that the run was ended early', () => {
    const { report, drawn } = drawing();
    report.show(so('one'));
    report.current();
    report.final();
    expect(drawn.at(-1)).toMatchObject({ partial: true, endedBy: 'interrupt' });
    expect(report.final()).toMatchObject({ number: 2 });
  });

  it('of a whole run is not drawn twice', () => {
    const { report, drawn } = drawing();
    report.show(so('whole', { partial: false, endedBy: 'plan' }));
    expect(report.current()).toEqual(report.final());
    expect(drawn.length).toBe(1);
  });
});
