// "Did you mean …?" for a name that is close to one that exists.
import { closest, distance } from 'fastest-levenshtein';

/** ` (did you mean 'reuse-port'?)`, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const lower = known.map((candidate) => candidate.toLowerCase());
  const nearest = closest(name.toLowerCase(), lower);
  const near = distance(name.toLowerCase(), nearest) <= Math.max(2, nearest.length / 3);
  return near ? ` (did you mean '${known[lower.indexOf(nearest)]}'?)` : '';
}
