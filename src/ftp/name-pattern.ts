// Name patterns as a Unix shell has them (glob(7)): `*`, `?` and `[a-z]`, of which none matches a slash.

/** Whether `text` is anything but a plain name: it has `*`, `?`, or brackets that hold something. */
export function isPattern(text: string): boolean {
  return /[*?]|\[[^/]+\]/.test(text);
}

type Part = 'any' | 'one' | ((character: string) => boolean);

/**
 * A test for one name. A dot at its beginning must be in the pattern: `*` hides what ls(1) hides. It takes time in
 * proportion to pattern and name, never more, whatever a client makes up.
 */
export function namePattern(pattern: string): (name: string) => boolean {
  const parts = partsOf([...pattern]);
  const showsHidden = pattern.startsWith('.');
  return (name) => (showsHidden || !name.startsWith('.')) && matches(parts, [...name]);
}

/** The last star takes one character more whenever what follows it does not match; no earlier one need be tried again. */
function matches(parts: readonly Part[], name: readonly string[]): boolean {
  let part = 0;
  let star = -1;
  let starFrom = 0;
  for (let at = 0; at < name.length; ) {
    const wanted = parts[part];
    if (wanted === 'any') {
      star = part++;
      starFrom = at;
    } else if (wanted === 'one' || wanted?.(name[at] ?? '')) {
      part++;
      at++;
    } else if (star !== -1) {
      part = star + 1;
      at = ++starFrom;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === 'any');
}

function partsOf(pattern: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    const end = character === '[' ? endOfSet(pattern, at) : -1;
    if (end !== -1) {
      parts.push(setOf(pattern.slice(at + 1, end)));
      at = end;
    } else if (character === '*') {
      if (parts.at(-1) !== 'any') parts.push('any');
    } else {
      parts.push(character === '?' ? 'one' : (other) => other === character);
    }
  }
  return parts;
}

/** Of `[…]`; a `]` that comes first is one of the set. -1 where none ends it: the bracket stands for itself. */
function endOfSet(pattern: readonly string[], open: number): number {
  const first = isNegation(pattern[open + 1]) ? open + 2 : open + 1;
  return pattern.indexOf(']', first + 1);
}

function isNegation(character: string | undefined): boolean {
  return character === '!' || character === '^';
}

function setOf(members: readonly string[]): (character: string) => boolean {
  const negated = isNegation(members[0]);
  const listed = negated ? members.slice(1) : members;
  const ranges: [string, string][] = [];
  for (let at = 0; at < listed.length; at++) {
    const from = listed[at] ?? '';
    const isRange = listed[at + 1] === '-' && at + 2 < listed.length;
    ranges.push([from, isRange ? (listed[at + 2] ?? '') : from]);
    if (isRange) at += 2;
  }
  return (character) => negated !== ranges.some(([from, to]) => from <= character && character <= to);
}
