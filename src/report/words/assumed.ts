// What is assumed of failures that cluster where blocks cannot tell, in words: it stands where the number stands.

import { ASSUMED_DESIGN_EFFECT } from '../../stats/blocks.ts';

const PARTS: Readonly<Record<number, string>> = { 2: 'half', 3: 'a third', 4: 'a quarter' };

/** `each transfer as a third of one`: what a transfer counts for where all or none failed. */
export const ASSUMED_WEIGHT = `each transfer as ${PARTS[ASSUMED_DESIGN_EFFECT] ?? `1/${ASSUMED_DESIGN_EFFECT}`} of one`;
