// What a plan key is: its kind, what goes without saying, its flag and its line in the documentation.
import type { z as Zod } from 'zod';
import type { Kind, Z } from './kinds.ts';

/** Flags stand together in a command's help by what they are about. */
export type FlagGroup = 'contestants' | 'server' | 'data-port' | 'load' | 'generators' | 'run';

export interface Flag {
  readonly group: FlagGroup;
  /** Commander's: `--sessions <n>`; what takes no value is on or off. */
  readonly notation: string;
  readonly help: string;
  /** May be given again: the values come together. */
  readonly repeats?: true;
}

interface About {
  readonly flag?: Flag;
  /** What goes without saying, in Markdown, where the default itself does not tell. */
  readonly unset?: string;
  /** What the key says, in Markdown. */
  readonly says: string;
}

/** `part`: may be left out, and makes a field of the filled plan only together with other keys. */
type Fill = 'required' | 'default' | 'part';

export interface Key<Value, Unit extends '' | 'Ms', How extends Fill> extends About {
  readonly kind: Kind<Value, Unit>;
  readonly fill: How;
  /** Undefined unless there is one. */
  readonly default: Value | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds keys of every value
export type Keys = Readonly<Record<string, Key<any, '' | 'Ms', Fill>>>;

export function required<Value, Unit extends '' | 'Ms', Told extends About>(
  kind: Kind<Value, Unit>,
  about: Told,
): Key<Value, Unit, 'required'> & Told {
  return { ...about, kind, fill: 'required', default: undefined };
}

export function filled<Value, Unit extends '' | 'Ms', Told extends About>(
  kind: Kind<Value, Unit>,
  value: NoInfer<Value>,
  about: Told,
): Key<Value, Unit, 'default'> & Told {
  return { ...about, kind, fill: 'default', default: value };
}

export function part<Value, Unit extends '' | 'Ms', Told extends About>(
  kind: Kind<Value, Unit>,
  about: Told,
): Key<Value, Unit, 'part'> & Told {
  return { ...about, kind, fill: 'part', default: undefined };
}

/** By the names of the filled plan: `warmUp` is `warmUpMs` there. */
export type OwnFields<Table extends Keys> = {
  readonly [Name in keyof Table & string as FieldOf<Name, Table[Name]>]: Table[Name] extends Key<
    infer Value,
    '' | 'Ms',
    Fill
  >
    ? Value
    : never;
};
type FieldOf<Name extends string, One> = One extends { readonly fill: 'part' }
  ? never
  : One extends { readonly kind: { readonly unit: infer Unit extends string } }
    ? `${Name}${Unit}`
    : never;

/** The fields that a key makes by itself, of a document that was read. */
export function ownFields<Table extends Keys>(
  table: Table,
  document: Readonly<Record<string, unknown>>,
): OwnFields<Table> {
  return Object.fromEntries(
    ownKeys(table).map(([name, { kind }]) => [`${name}${kind.unit}`, document[name]]),
  ) as OwnFields<Table>;
}

/** The same back into the form of a plan file. */
export function printOwn<Table extends Keys>(
  table: Table,
  fields: OwnFields<Table>,
): Record<string, unknown> {
  const values = fields as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    ownKeys(table).map(([name, { kind }]) => [name, kind.print(values[`${name}${kind.unit}`])]),
  );
}

function ownKeys(table: Keys) {
  return Object.entries(table).filter(([, { fill }]) => fill !== 'part');
}

type SchemaOf<One> = One extends Key<infer Value, '' | 'Ms', infer How>
  ? { required: Zod.ZodType<Value>; default: Zod.ZodDefault<Zod.ZodType<Value>>; part: Part<Value> }[How]
  : never;
type Part<Value> = Zod.ZodOptional<Zod.ZodType<Value>>;

/** The table as the shape of an object schema. */
export function shapeOf<Table extends Keys>(zod: Z, table: Table) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind, fill, default: value }]) => {
      const schema = kind.file(zod);
      if (fill === 'required') return [name, schema];
      return [name, fill === 'part' ? schema.optional() : schema.default(value)];
    }),
  ) as { [Name in keyof Table]: SchemaOf<Table[Name]> };
}
