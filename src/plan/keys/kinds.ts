// The kinds of values of plan keys: how each is read from a plan file, from the text of a flag, and printed again.
import type { z as Zod } from 'zod';
import { parseRetry } from '../../binder/retry.ts';
import type { RetrySetting } from '../../binder/types.ts';
import { UsageError } from '../../errors.ts';
import * as names from '../../near-miss.ts';
import { formatDuration, parseDurationMs, readCount } from '../../units.ts';
import { formatWeights, parseWeights } from '../distributions.ts';
import { DIRECTIONS, type Direction, type Weighted } from '../types.ts';

/** Handed over by whoever reads a plan: the command line asks for flags alone, and does not load the library for that. */
export type Z = typeof Zod;

export interface Kind<Value, Unit extends '' | 'Ms' = ''> {
  /** What the name of the filled plan's field ends in, after the key's own. */
  readonly unit: Unit;
  /** What a plan file may say, and what code reads of it. */
  file(zod: Z): Zod.ZodType<Value>;
  /** A flag's text, checked, as a plan file says it. @throws an error that says what is wrong with it */
  flag(text: string): unknown;
  /** As a plan file says it. */
  print(value: Value): unknown;
}

/** Keeps the message of a parser that throws as the schema's own. */
function readAs<Value>(zod: Z, read: (text: string) => Value) {
  return (value: string | number, context: Zod.core.$RefinementCtx): Value => {
    try {
      return read(String(value));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return zod.NEVER;
    }
  };
}

/** The text itself, once it was read without a complaint: a flag's value is read again with the plan. */
function checked(read: (text: string) => unknown): (text: string) => string {
  return (text) => {
    read(text);
    return text;
  };
}

/** Text that a parser reads and a formatter prints. */
export function text<Value>(read: (text: string) => Value, print: (value: Value) => unknown): Kind<Value> {
  return {
    unit: '',
    file: (zod) => zod.union([zod.string(), zod.number()]).transform(readAs(zod, read)),
    flag: checked(read),
    print,
  };
}

export function oneOf<Name extends string>(what: string, of: readonly Name[]): Kind<Name> {
  return text(names.oneOf(what, of), String);
}

/** What is printed as it is read. `flag`: reads a flag; text as it stands unless given. */
export function plain<Value>(
  file: (zod: Z) => Zod.ZodType<Value>,
  flag: (text: string) => unknown = String,
): Kind<Value> {
  return { unit: '', file, flag, print: (value) => value };
}

/** A whole number. */
export function count(min: number, max: number): Kind<number> {
  return plain((zod) => zod.int().min(min).max(max), readCount(min, max));
}

export function level(max: number, flag?: (text: string) => number): Kind<number> {
  return plain((zod) => zod.number().min(0).max(max), flag);
}

export const duration: Kind<number, 'Ms'> = { ...text(parseDurationMs, formatDuration), unit: 'Ms' };

/** @throws UsageError */
function parsePositiveMs(text: string): number {
  const ms = parseDurationMs(text);
  if (ms > 0) return ms;
  throw new UsageError('must be more than 0ms');
}

export const positiveDuration: Kind<number, 'Ms'> = { ...text(parsePositiveMs, formatDuration), unit: 'Ms' };

export const yesOrNo: Kind<boolean> = plain((zod) => zod.boolean());

/** `example`: as a plan file says it. A flag separates the items by commas. */
export function list<Item>(item: Kind<Item>, example: string): Kind<readonly Item[]> {
  return plain(
    (zod) => zod.array(item.file(zod), { error: `expected a list such as ${example}` }).max(MAX_ROWS),
    (text) => {
      const names = text.split(',');
      if (names.length > MAX_ROWS) throw new UsageError(`${names.length} entries: at most ${MAX_ROWS}`);
      return names.map((name) => item.flag(name.trim()));
    },
  );
}

/** Of the table. Their balanced order takes the square of them. */
const MAX_ROWS = 50;

export const retrySchedule: Kind<RetrySetting | 'default'> = plain((zod) => {
  const waits = zod.union(
    [zod.array(zod.number()).transform(String), zod.number().transform(String), zod.string()],
    { error: 'use bsd, proftpd, vsftpd, none, or the waits in seconds such as [1, 2, 3]' },
  );
  return waits.transform(
    readAs(zod, (value) => (value === 'default' ? ('default' as const) : parseRetry(value))),
  );
}, parseRetry);

const parseMix = (text: string): readonly Weighted<Direction>[] =>
  parseWeights(text, names.oneOf('direction', DIRECTIONS));

/** By weight, as text or as keys: `{ retr: 8, stor: 1 }`. */
export const mix: Kind<readonly Weighted<Direction>[]> = {
  ...text(parseMix, (weights) => formatWeights(weights, String)),
  file(zod) {
    const asKeys = zod.record(zod.string(), zod.number()).transform((weights) =>
      Object.entries(weights)
        .map(([name, weight]) => `${name}:${weight}`)
        .join(','),
    );
    return zod.union([asKeys, zod.string()]).transform(readAs(zod, parseMix));
  },
};
