// The attempts of a block as they come in, and how far it is.
import type { Attempt } from '../result/attempt.ts';
import { failureKey } from '../result/outcome.ts';
import type { BlockHooks } from '../run/engine.ts';

/** Gathers the attempts of a block and says how it goes. */
export function createTally(hooks: BlockHooks): {
  readonly attempts: Attempt[];
  add(some: readonly Attempt[]): void;
} {
  const attempts: Attempt[] = [];
  let failed = 0;
  let completed = 0;
  return {
    attempts,
    add(some) {
      for (const attempt of some) attempts.push(attempt);
      failed += some.filter(({ outcome }) => failureKey(outcome) !== undefined).length;
      completed += some.filter(({ outcome }) => outcome.kind === 'completed').length;
      hooks.onProgress?.({ offered: attempts.length, completed, failed });
    },
  };
}
