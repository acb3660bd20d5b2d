// Predictions in words: what contention explains, and what it does not.
import { describe, expect, it } from '@jest/globals';
import {
  explanationInWords,
  predictionCell,
  predictionFindings,
} from '../../../src/report/words/prediction.ts';
import type { Prediction, RunResult } from '../../../src/result/types.ts';

type Row = readonly [contestant: string, scenario: string, failed: number, prediction: Prediction | null];

function resultOf(rows: readonly Row[]): RunResult {
  const strategies = rows.map(([contestant, scenario, failed, prediction]) => ({
    ...{ contestant, scenario, failed, prediction },
    completed: 1000 - failed,
    failureRate: failed / 1000,
  }));
  return { strategies } as unknown as RunResult;
}

function prediction(failureRate: number, verdict: Prediction['verdict']): Prediction {
  const interval = [failureRate * 0.9, failureRate * 1.1] as const;
  return { failureRate, interval, tolerance: interval, replications: 200, verdict };
}

const NONE = prediction(0, 'explained');

describe('findings', () => {
  it('counts the scenarios in which contention explains the failures, strategy by strategy', () => {
    const result = resultOf([
      ['legacy', 'small', 985, prediction(0.98, 'explained')],
      ['legacy-bsd', 'small', 0, NONE],
      ['reuse-port', 'small', 0, NONE],
      ['legacy', 'window', 990, prediction(0.99, 'explained')],
      ['legacy-bsd', 'window', 520, prediction(0.51, 'explained')],
    ]);
    expect(predictionFindings(result)).toEqual([
      'Contention for the port explains the failures of legacy in 2 of 2 scenarios and of legacy-bsd in the one scenario that has any.',
    ]);
  });

  it('names what fails beyond it, or less than it', () => {
    const result = resultOf([
      ['legacy-bsd', 'small', 700, prediction(0.5, 'more-failures')],
      ['reuse-port', 'small', 12, prediction(0, 'more-failures')],
      ['legacy', 'small', 100, prediction(0.5, 'fewer-failures')],
    ]);
    expect(predictionFindings(result)).toEqual([
      'legacy-bsd: something else than contention for the port fails, 70.0 % (700 of 1 000) in small, predicted 45.0–55.0.',
      'reuse-port: something else than contention for the port fails, 1.2 % (12 of 1 000) in small, none predicted.',
      'legacy: fewer failures than contention for the port alone would cause, 10.0 % (100 of 1 000) in small, predicted 45.0–55.0.',
    ]);
  });

  it('says of what is beside the prediction, and within the model’s error, just that', () => {
    const off = { ...prediction(0.55, 'within-model-error'), tolerance: [0.412, 0.687] as const };
    const result = resultOf([
      ['legacy', 'window', 990, prediction(0.98, 'explained')],
      ['legacy-bsd', 'window', 490, off],
    ]);
    expect(predictionFindings(result)).toEqual([
      'Contention for the port explains the failures of legacy.',
      "Within the model's error of what contention for the port alone would cause: legacy-bsd, 49.0 % (490 of 1 000) in window, predicted 49.5–60.5 (with that error 41.2–68.7).",
    ]);
    expect(explanationInWords('within-model-error')).toBe("within the model's error");
  });

  it('explains no failures where there were none, though some were due', () => {
    const rows = (verdict: Prediction['verdict']) =>
      predictionFindings(resultOf([['legacy-bsd', 'small', 0, prediction(0.002, verdict)]]));
    expect(rows('explained')).toEqual([]);
    expect(rows('within-model-error')).toEqual([]);
    // A result of before said that of an interval whose high end was below 0.
    expect(rows('more-failures')).toEqual([]);
    expect(rows('fewer-failures')).toEqual([
      'legacy-bsd: fewer failures than contention for the port alone would cause, 0 % (0 of 1 000) in small, predicted 0.18–0.22.',
    ]);
  });

  it('says nothing where nothing failed, or nothing was predicted', () => {
    const quiet = resultOf([
      ['reuse-port', 'small', 0, NONE],
      ['vsftpd', 'small', 3, null],
    ]);
    expect(predictionFindings(quiet)).toEqual([]);
  });
});

it('cells and verdicts', () => {
  expect(predictionCell(prediction(0.5, 'explained'))).toEqual(['50.0 %', '45.0–55.0']);
  expect(predictionCell(null)).toEqual(['–']);
  expect(explanationInWords('explained')).toBe('explained by contention');
  expect(explanationInWords(null)).toBe('–');
});
