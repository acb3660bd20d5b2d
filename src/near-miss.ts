// Names of which there are only some: reading one, and "did you mean …?" for a text that is close to it.
import { closest, distance } from 'fastest-levenshtein';
import { UsageError } from './errors.ts';

/** ` (did you mean 'reuse-port'?)`, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const lower = known.map((candidate) => candidate.toLowerCase());
  const nearest = closest(name.toLowerCase(), lower);
  const near = distance(name.toLowerCase(), nearest) <= Math.max(2, nearest.length / 3);
  return near ? ` (did you mean '${known[lower.indexOf(nearest)]}'?)` : '';
}

/** Reads one of `names`. @throws UsageError that says what else `what` could be */
export function oneOf<T extends string>(what: string, names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new UsageError(`unknown ${what} '${text}'${didYouMean(text, names)}: use ${names.join(', ')}`);
  };
}
