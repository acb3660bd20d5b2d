// Numbers and names that stay on one line: `1 032`, `98.5 %`, `96.6–99.32`, `L-1`, `legacy-bsd`.
import { type Content, html, type Markup } from './markup.ts';

const DIGITS = String.raw`[-+<>≤≥]?(?:\d{1,3}(?: \d{3})+(?!\d)|\d+)(?:\.\d+)?`;
const UNITS = String.raw`(?:ms|s|min|h|d|B|[KMGT]iB|MB|points?|px)\b`;
const UNIT = String.raw`(?: ?%| ${UNITS})?(?:\/s\b)?`;
/** `5.7 to 49.7`, `18 / 2`, `8 × 800 ms` are read in one go, too. */
const NUMBER = String.raw`(?:\b[pa] [=≤<] )?(?<![\w.])${DIGITS}${UNIT}(?:(?:–| to | \/ | × )${DIGITS}${UNIT})?`;
/** Hyphens are where browsers break (UAX #14), and in a name none is a good place. Longer names have to break somewhere. */
const NAME = String.raw`(?<![\w-])[A-Za-z]\w{0,15}(?:-\w{1,12}){1,3}(?![\w-])`;
const FORMULA = String.raw`1 - 1\/a`;
const UNBROKEN = new RegExp(`${FORMULA}|${NAME}|${NUMBER}`, 'g');

/** Between groups of digits, and before a unit: not in `5 to 8`. */
const INNER_SPACE = new RegExp(String.raw`(?<=\d) (?=\d{3}(?!\d)|%|${UNITS})`, 'g');
const NARROW_SPACE = '\u202f';

/** The same text with narrow spaces, which no line breaks at, within its numbers. */
export function thin(text: string): string {
  return text.replace(UNBROKEN, (found) => found.replace(INNER_SPACE, NARROW_SPACE));
}

/** A text that may wrap anywhere but within a number or a name. Markup is left as it is. */
export function prose(text: Content): Content {
  if (typeof text !== 'string') return text;
  const parts: Content[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(UNBROKEN)) {
    parts.push(text.slice(end, index), kept(found));
    end = index + found.length;
  }
  return [...parts, text.slice(end)];
}

/** Of one digit or two no line makes more. */
function kept(found: string): Markup {
  return /^\d{1,2}$/.test(found) ? html`${found}` : html`<span class="one">${thin(found)}</span>`;
}
