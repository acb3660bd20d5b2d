// Findings of every part of a plan: none says what there is not.
import { expect, it } from '@jest/globals';
import { BINDER_NAMES } from '../../../src/binder/types.ts';
import { findings } from '../../../src/report/text/findings.ts';
import { samplePlan, sampleResult } from '../sample-result.ts';

it('findings hold for every subset of binders and scenarios, and for a run that did nothing', () => {
  const sampleBlocks = sampleResult().blocks;
  for (let bits = 0; bits < 2 ** BINDER_NAMES.length; bits += 1) {
    const binders = BINDER_NAMES.filter((_, index) => (bits >> index) & 1);
    const baseline = binders[0] ?? 'legacy';
    const blocks = sampleBlocks.filter(
      ({ binder, index }) => index < 2 && binders.some((name) => name === binder),
    );
    const result = sampleResult({ requested: samplePlan({ binders, baseline, blocks: 2 }), blocks });
    for (const { text } of findings(result)) expect(text).not.toMatch(/undefined|NaN|null| {2}|Infinity/);
  }
  expect(findings(sampleResult({ blocks: [] })).filter(({ kind }) => kind === 'caution')).toEqual([]);
});
