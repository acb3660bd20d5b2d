// What breaks a schema, in words of ours: where it is as a person would say it, what is there, and what was expected.
import type { z } from 'zod';
import { didYouMean } from '../near-miss.ts';
import { quoted } from '../quoted.ts';

type Issue = z.core.$ZodIssue;

/** One line; of several issues the first. `known`: the keys that there are. */
export function issueInWords(
  { issues }: z.core.$ZodError,
  document: unknown,
  known: readonly string[],
): string {
  const issue = issues[0] as Issue;
  const at = placeInWords(issue.path, document);
  const what = problemInWords(issue, valueAt(document, issue.path), known);
  if (at === '') return what;
  return what === MISSING ? `${at} ${MISSING}` : `${at}: ${what}`;
}

/** `scenario 2 'load': stage 1: duration`. */
function placeInWords(path: Issue['path'], document: unknown): string {
  const words: string[] = [];
  path.forEach((step, i) => {
    if (typeof step !== 'number') {
      words.push(String(step));
      return;
    }
    const list = words.pop() ?? 'item';
    const name = nameOf(valueAt(document, path.slice(0, i + 1)));
    words.push(
      isPlural(list) ? `${list.slice(0, -1)} ${step + 1}${name}` : `${list}, item ${step + 1}${name}`,
    );
  });
  return words.join(': ');
}

function isPlural(word: string): boolean {
  return /[a-z]s$/.test(word);
}

function nameOf(value: unknown): string {
  const name = (value as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? ` ${quoted(name)}` : '';
}

function valueAt(document: unknown, path: Issue['path']): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | null | undefined)?.[step],
    document,
  );
}

function problemInWords(issue: Issue, value: unknown, known: readonly string[]): string {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      return `unknown key ${quoted(key)}${didYouMean(key, known)}`;
    }
    case 'custom':
      return issue.message;
    case 'invalid_union':
      return issue.message === LIBRARYS_OWN ? notWhatIsWanted('text or a number', value) : issue.message;
    case 'invalid_type':
      if (value !== undefined && hasWordsOfOurs(issue)) return issue.message;
      return notWhatIsWanted(TYPES[issue.expected] ?? issue.expected, value);
    case 'invalid_value':
      return notWhatIsWanted(issue.values.map(String).join(' or '), value);
    case 'too_small':
      return tooSmall(issue, value);
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin, Number(issue.maximum))}, not ${shown(value, issue.origin)}`;
    case 'invalid_format':
      return notWhatIsWanted(issue.message, value);
    default:
      return notWhatIsWanted('something else', value);
  }
}

const MISSING = 'is missing';
const LIBRARYS_OWN = 'Invalid input';

function hasWordsOfOurs({ message }: Issue): boolean {
  return !message.startsWith(LIBRARYS_OWN);
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'keys and values',
  record: 'keys and values',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function tooSmall({ minimum, origin }: Extract<Issue, { code: 'too_small' }>, value: unknown): string {
  const isEmpty = origin === 'string' || origin === 'array';
  if (isEmpty && Number(minimum) === 1)
    return `is empty: at least one ${origin === 'array' ? 'entry' : 'letter'} is needed`;
  return `at least ${minimum}${unitOf(origin, Number(minimum))}, not ${shown(value, origin)}`;
}

function unitOf(origin: string, count: number): string {
  if (origin === 'string') return count === 1 ? ' letter' : ' letters';
  if (origin === 'array') return count === 1 ? ' entry' : ' entries';
  return '';
}

function shown(value: unknown, origin: string): string {
  const { length } = (value ?? {}) as { length?: number };
  return (origin === 'string' || origin === 'array') && length !== undefined
    ? String(length)
    : inWords(value);
}

function notWhatIsWanted(wanted: string, value: unknown): string {
  return value === undefined ? MISSING : `expected ${wanted}, not ${inWords(value)}`;
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'keys and values' : quoted(value);
}
