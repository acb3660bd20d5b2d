// Names of which there are only some: reading one, and "did you mean …?" for a text that is close to it.
import { distance } from 'fastest-levenshtein';
import { UsageError } from './errors.ts';
import { quoted } from './quoted.ts';

/** ` (did you mean 'reuse-port'?)`, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const [first] = known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => isNear(far, name, candidate))
    .sort((a, b) => a.far - b.far);
  return first === undefined ? '' : ` (did you mean '${first.candidate}'?)`;
}

/** Most of it is the same: two letters swapped count as two, and of a short name two are not everything. */
function isNear(far: number, name: string, candidate: string): boolean {
  const longest = Math.max(name.length, candidate.length);
  return far <= Math.max(2, longest / 3) && 2 * far <= Math.min(name.length, candidate.length);
}

/** Reads one of `names`. @throws UsageError that says what else `what` could be */
export function oneOf<T extends string>(what: string, names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new UsageError(
      `unknown ${what} ${quoted(text)}${didYouMean(text, names)}: use ${names.join(', ')}`,
    );
  };
}
