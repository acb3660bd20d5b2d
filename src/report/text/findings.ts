// What a run showed, in sentences: each is made from its numbers, and says no more than they do.
import type { RunResult } from '../../result/types.ts';
import { predictionFindings } from '../words/prediction.ts';
import { cautions } from './findings/cautions.ts';
import { comparisonFindings } from './findings/comparisons.ts';
import { endFindings } from './findings/end.ts';
import { failureFindings } from './findings/failing.ts';
import { loadFindings } from './findings/loads.ts';
import { mergedFindings } from './findings/merged.ts';
import { overlapFindings } from './findings/port.ts';
import { soundFindings } from './findings/sound.ts';

/** `caution`: a reason to trust the numbers less; `verdict`: a comparison; `seen`: what else they show. */
export interface Finding {
  readonly kind: 'caution' | 'verdict' | 'seen';
  readonly text: string;
}

/** Beside the answer. Cautions first; then why it ended, what failed, what did not, loads, overlap and comparisons. Any part of a plan may be missing. */
export function findings(result: RunResult): readonly Finding[] {
  const before = [mergedFindings, endFindings, failureFindings, soundFindings, loadFindings, overlapFindings];
  return [
    ...ofKind('caution', cautions(result)),
    ...ofKind(
      'seen',
      before.flatMap((find) => find(result)),
    ),
    ...ofKind('verdict', comparisonFindings(result)),
    ...ofKind('seen', predictionFindings(result)),
  ];
}

function ofKind(kind: Finding['kind'], texts: readonly string[]): Finding[] {
  return texts.map((text) => ({ kind, text }));
}
