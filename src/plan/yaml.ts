// YAML that a user wrote, as a document: what cannot be one is told in one line that says where and what to do.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  type Pair,
  parseDocument,
  visit,
  YAMLParseError,
} from 'yaml';
import { UsageError } from '../errors.ts';
import { quoted } from '../quoted.ts';

/** More than any plan or configuration has. */
export const MOST_YAML_BYTES = 256 * 1024;
/** The parser takes minutes for what is nested by the thousands, and then the stack ends. */
const MOST_LEVELS = 64;
/** What one alias stands for may stand for others in turn: ten lines could be a billion entries. */
const MOST_ALIASES = 100;

/** @throws UsageError for what is no YAML, or would be more than it looks */
export function readYaml(text: string, source: string): unknown {
  const refuse = (why: string, cause?: unknown) => new UsageError(`${source}: ${why}`, { cause });
  if (Buffer.byteLength(text) > MOST_YAML_BYTES) throw refuse(`more than ${MOST_YAML_BYTES / 1024} KiB`);
  if (isDeep(text)) throw refuse(`nested deeper than ${MOST_LEVELS} levels`);
  try {
    // Its own search for a key that is there twice takes the square of the keys' number.
    const document = parseDocument(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const problem = firstProblem(document);
    if (problem !== undefined) throw refuse(problem);
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof YAMLParseError) throw refuse(`not YAML: ${inWords(error, text)}`, error);
    throw refuse('not YAML: an alias (*) that stands for nothing, or for too much', error);
  }
}

/** Also for brackets in quotes, of which no plan has so many. */
function isDeep(text: string): boolean {
  let levels = 0;
  for (const character of text) {
    if (character === '[' || character === '{') levels++;
    else if ((character === ']' || character === '}') && levels > 0) levels--;
    if (levels > MOST_LEVELS) return true;
  }
  return MANY_INDICATORS.test(text);
}

/** Each a level: `- - - -`. */
const MANY_INDICATORS = new RegExp(`(?:[-?:!&*][^\\n]{0,2}[ \\t]+){${MOST_LEVELS}}`);

function firstProblem(document: Document): string | undefined {
  let aliases = 0;
  let problem: string | undefined;
  visit(document, (_, node) => {
    if (isAlias(node) && ++aliases > MOST_ALIASES)
      problem = `more than ${MOST_ALIASES} aliases (*): write it out`;
    if (isMap(node)) problem ??= twice(node.items) ?? (node.flow ? cutAtComma(node.items) : undefined);
    return problem === undefined ? undefined : visit.BREAK;
  });
  return problem;
}

function twice(pairs: readonly Pair[]): string | undefined {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    const name = String(key);
    if (seen.has(name)) return `key ${quoted(name)} is there twice`;
    seen.add(name);
  }
  return undefined;
}

/** `{ thinkTime: uniform(20ms, 120ms) }` is two keys, of which the second has no value: that was meant for a text. */
function cutAtComma(pairs: readonly Pair[]): string | undefined {
  const cut = pairs.findIndex(({ value }, i) => i > 0 && value === null);
  const [before, rest] = [pairs[cut - 1], pairs[cut]];
  if (before === undefined || !isScalar(before.value) || before.value.type !== 'PLAIN') return undefined;
  const meant = `${before.key}: "${before.value.source}, ${rest?.key}"`;
  return `inside { } a text with a comma must be quoted: ${quoted(meant)}`;
}

function inWords({ code, pos, message }: YAMLParseError, text: string): string {
  const before = text.slice(0, pos[0]);
  const at = `line ${before.split('\n').length}, column ${pos[0] - before.lastIndexOf('\n')}`;
  return `${at}: ${code === 'MULTIPLE_DOCS' ? 'only one document is taken: remove ---' : message.split('\n')[0]}`;
}
