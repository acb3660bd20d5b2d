// "Did you mean …?" for a name that is close to one that exists.
import { closest, distance } from 'fastest-levenshtein';

/** ` (did you mean 'reuse-port'?)`, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(name.toLowerCase(), [...known]);
  const near = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3);
  return near ? ` (did you mean '${nearest}'?)` : '';
}
