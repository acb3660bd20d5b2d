// The flags that plan keys have: as Commander's options, and back from what was given to the keys of a plan file.
import { Option } from 'commander';
import type { Flag, FlagGroup, Keys } from '../plan/keys/key.ts';
import { PLAN_KEYS } from '../plan/keys/plan.ts';
import { SCENARIO_KEYS } from '../plan/keys/scenario.ts';
import { setting, toggle } from './flags.ts';

type WithFlag = Keys[string] & { readonly flag: Flag };

export function planOptions(group: FlagGroup): Option[] {
  return [PLAN_KEYS, SCENARIO_KEYS]
    .flatMap((table: Keys) => withFlags(table))
    .filter(([, { flag }]) => flag.group === group)
    .map(([, key]) => planOption(key));
}

/** `help`: what the flag means here, where that is not what it means to `stress`. */
export function planOption(key: Pick<WithFlag, 'flag' | 'kind'>, help = key.flag.help): Option {
  const { notation, repeats } = key.flag;
  if (!notation.includes('<')) return toggle(notation, help);
  const option = setting(notation, help, (text) => key.kind.flag(text));
  if (!repeats) return option;
  const { parseArg } = option;
  return option.argParser((text, before) => [
    ...((before as readonly unknown[] | undefined) ?? []),
    ...((parseArg?.(text, undefined) as readonly unknown[] | undefined) ?? []),
  ]);
}

/** The keys of `table` that these flags say, with their values. */
export function givenKeys<Table extends Keys>(
  table: Table,
  flags: object,
): { [Name in keyof Table]?: unknown } {
  const values = flags as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    withFlags(table).flatMap(([name, { flag }]) => {
      const value = values[attributeOf(flag)];
      return value === undefined ? [] : [[name, value]];
    }),
  ) as { [Name in keyof Table]?: unknown };
}

/** Every flag that changes what a plan says, by Commander's name for its value. */
export const PLAN_FLAGS: readonly string[] = [SCENARIO_KEYS, PLAN_KEYS]
  .flatMap((table: Keys) => withFlags(table))
  .map(([, { flag }]) => attributeOf(flag));

function withFlags(table: Keys): [string, WithFlag][] {
  return Object.entries(table).filter((entry): entry is [string, WithFlag] => entry[1].flag !== undefined);
}

function attributeOf(flag: Flag): string {
  return new Option(flag.notation).attributeName();
}
