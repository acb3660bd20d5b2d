// How a strategy looks in every chart of a page: colour, shape and dashes, so that none of them has to be seen.

import { contestantsOf } from '../../plan/contestants.ts';
import type { RunResult } from '../../result/types.ts';

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;

export interface Appearance {
  /** A CSS variable, which has a value for light and one for dark pages. */
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
  /** `stroke-dasharray`. */
  readonly dashes: string;
}

export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly rule: string;
  readonly panel: string;
  readonly good: string;
  readonly bad: string;
  readonly caution: string;
  readonly link: string;
  readonly series: readonly string[];
}

/**
 * The hues of Okabe and Ito (Color Universal Design, 2008), which colour-blind readers can tell apart; darker on white
 * and lighter on black than theirs, so that each has a contrast of 4.5 with the page.
 */
export const LIGHT: Theme = {
  ...{ background: '#ffffff', text: '#1b1b1f', muted: '#5a5a63', rule: '#d4d4dc', panel: '#f5f5f8' },
  ...{ good: '#006b4f', bad: '#a83c00', caution: '#7a5200', link: '#005a9c' },
  series: ['#b84700', '#996000', '#0068a8', '#007355', '#a34a80', '#1b1b1f', '#3a7391', '#736b00'],
};

export const DARK: Theme = {
  ...{ background: '#16161a', text: '#ececf1', muted: '#a9a9b4', rule: '#3c3c46', panel: '#212128' },
  ...{ good: '#4cc9a0', bad: '#ff9a62', caution: '#f0be50', link: '#7cc0f5' },
  series: ['#f5854a', '#eeb03c', '#5cb2ef', '#3cc79c', '#e09bc6', '#ececf1', '#9fd3ee', '#efe45a'],
};

/** Solid first; no two of the first seven are alike. */
const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '4 4', '12 4', '1 2'] as const;

/** By the place of the strategy in the plan: the same on every chart. Colours come again after eight, shapes after seven. */
export function looksOf({ requested }: Pick<RunResult, 'requested'>): ReadonlyMap<string, Appearance> {
  return new Map(contestantsOf(requested).map(({ name }, index) => [name, lookAt(index)]));
}

function lookAt(index: number): Appearance {
  return {
    colour: `var(--series-${index % LIGHT.series.length})`,
    symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
    dashes: DASHES[index % DASHES.length] ?? 'none',
  };
}
