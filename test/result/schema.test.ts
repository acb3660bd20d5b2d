// The published form of a result: true of real results, bounded, and strict with damaged ones.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import type { Plan } from '../../src/plan/types.ts';
import { readRunResult } from '../../src/result/read.ts';
import type { resultSchema } from '../../src/result/schema/index.ts';
import { RESULT_SCHEMA_ID, resultJsonSchema } from '../../src/result/schema/json.ts';
import type { requestedSchema } from '../../src/result/schema/plan.ts';
import type { RunResult } from '../../src/result/types.ts';
import { run } from '../cli/port20.ts';
import { sampleResult } from '../report/sample-result.ts';

/** Neither a schema nor JSON knows `readonly`. */
type Plain<T> = T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> } : T;
/** As it is when what came later is there, too. */
type Whole<T> = T extends object ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
// What the compiler refuses when a property is added, dropped or changed on one side only.
true satisfies Equal<Plain<Plan>, Plain<z.output<typeof requestedSchema>>>;
true satisfies Equal<Whole<z.input<typeof resultSchema>>, Whole<z.output<typeof resultSchema>>>;
false satisfies Equal<Plain<Plan>, Plain<Omit<Plan, 'seed'>>>;

const FILE = fileURLToPath(new URL('../../fixtures/schema/result-3.json', import.meta.url));
const FORMAT_1 = fileURLToPath(new URL('../../fixtures/results/format-1.json', import.meta.url));

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

/** What a file of format version 3 may lack, for it came later. */
const LATER: readonly string[] = [
  ...[
    'abortOn',
    'abortAfter',
    'abortedBy',
    'merged',
    'tls',
    'onSaturation',
    'agents',
    'lost',
    'shards',
    'network',
  ],
  ...['bytes', 'bytesPerSecond', 'bytesPerSecondInterval', 'transfersPerSecondInterval'],
  ...['transferP90Ms', 'transferP95Ms', 'transferP999Ms', 'transferMaxMs', 'transferIntervals'],
];

const RESUMED = [{ at: '2026-02-20T09:03:00.000Z', blocksDone: 40 }];
const WARNINGS: RunResult['warnings'] = [
  { id: 'few-blocks', blocks: 1, contestants: 2, needed: 6 },
  { id: 'arrivals-dropped', share: 0.1, scenario: 'a', contestant: 'vsftpd', blocks: 1 },
];
let sampleText: string | undefined;

/** A new one each time, to be damaged; its sums are made once. */
function sample(): Json {
  sampleText ??= JSON.stringify(
    sampleResult({ ...lastOf(sampleResult()), resumed: RESUMED, warnings: WARNINGS }),
  );
  return JSON.parse(sampleText) as Json;
}

/** Enough to hold every kind of thing once. */
function lastOf({ blocks, strategies, comparisons }: RunResult) {
  const [block, strategy, comparison] = [blocks.at(-1), strategies.at(-1), comparisons.at(-1)];
  if (block === undefined || strategy === undefined || comparison === undefined) throw new Error('no sample');
  const problems = [{ id: 'left-over-sockets', sockets: 2 }] as const;
  const warnings = [{ id: 'sessions-lost', sessions: 1, reason: '421 full' }] as const;
  return { blocks: [{ ...block, problems, warnings }], strategies: [strategy], comparisons: [comparison] };
}

describe('the published JSON Schema', () => {
  const published = resultJsonSchema();

  it('is what fixtures/schema holds; UPDATE=1 writes it anew', () => {
    const text = `${JSON.stringify(published, null, 2)}\n`;
    if (process.env.UPDATE === '1') {
      mkdirSync(fileURLToPath(new URL('.', `file://${FILE}`)), { recursive: true });
      writeFileSync(FILE, text);
    }
    expect(readFileSync(FILE, 'utf8')).toBe(text);
  });

  it('names its draft and itself', () => {
    expect(published).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: RESULT_SCHEMA_ID,
      title: expect.any(String),
      description: expect.any(String),
    });
  });

  it('describes every property, with its unit', () => {
    const all = propertiesOf(published as Json);
    expect(all.length).toBeGreaterThan(100);
    const mute = all.filter(([, schema]) => descriptionOf(schema, published as Json) === '');
    expect(mute.map(([name]) => name)).toEqual([]);
    const unitless = all.filter(([name, schema]) => {
      const unit = unitOf(name);
      return unit !== undefined && !descriptionOf(schema, published as Json).includes(unit);
    });
    expect(unitless.map(([name]) => name)).toEqual([]);
  });

  it('has no keyword and no format that the draft does not register', () => {
    const unknown = schemasIn(published as Json).flatMap((schema) =>
      Object.entries(schema).filter(
        ([keyword, value]) =>
          !KEYWORDS.includes(keyword) || (keyword === 'format' && !FORMATS.includes(value as string)),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('says of each histogram that it is base64', () => {
    const histograms = propertiesOf(published as Json).filter(([, schema]) =>
      descriptionOf(schema, published as Json).includes('base64'),
    );
    expect(histograms.length).toBeGreaterThanOrEqual(7);
    for (const [, schema] of histograms) expect(schema).toMatchObject({ contentEncoding: 'base64' });
  });

  it('read back as a schema, it holds for the sample and refuses another version', () => {
    const readBack = z.fromJSONSchema(JSON.parse(readFileSync(FILE, 'utf8')));
    expect(readBack.safeParse(sample()).error).toBeUndefined();
    expect(readBack.safeParse({ ...(sample() as object), formatVersion: 4 }).success).toBe(false);
  });
});

describe('readRunResult', () => {
  it('takes the sample as it is', () => {
    expect(readRunResult(sample())).toEqual(sample());
  });

  it('takes a real result, in which the schema knows every key', async () => {
    const flags = ['--binder', 'legacy-bsd,reuse-port', '--sessions', '2', '--duration', '100ms'];
    const { stdout, stderr } = await run([
      'stress',
      ...flags,
      '--blocks',
      '1',
      '--time-unit',
      '1ms',
      '--json',
    ]);
    expect(stderr).not.toMatch(/^port20: /m);
    const result = JSON.parse(stdout) as Json;
    expect(readRunResult(result)).toEqual(result);
  });

  it('takes keys of a newer port20 anywhere, and leaves them out', () => {
    const whole = sample();
    const objects = pathsOf(whole).filter((path) => isObject(at(whole, path)) && !isOpen(path));
    fc.assert(
      fc.property(fc.constantFrom(...objects), (path) => {
        const extended = sample();
        (at(extended, path) as Record<string, Json>).fromTheFuture = { any: ['thing'] };
        expect(readRunResult(extended)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a result without one of its keys, and names it', () => {
    const keys = pathsOf(sample()).filter(
      (path) =>
        typeof path.at(-1) === 'string' &&
        !LATER.includes(path.at(-1) as string) &&
        !isOpen(path.slice(0, -1)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys), (path) => {
        const damaged = sample();
        delete (at(damaged, path.slice(0, -1)) as Record<string, Json>)[path.at(-1) as string];
        const message = messageOf(() => readRunResult(damaged, "'a.json'"));
        expect(message).not.toContain('\n');
        // The two that are looked at first have words of their own; of a union's tag zod names the tag.
        if (path.length > 1 && path[0] !== 'tool') expect(message).toContain(String(path.at(-1)));
      }),
      { numRuns: 300 },
    );
  });

  it('makes what came later from the blocks where it is missing, and only there', () => {
    const whole = sampleResult();
    const older = JSON.parse(JSON.stringify(whole)) as { [key: string]: Json[] };
    for (const one of [...(older.strategies ?? []), ...(older.blocks ?? [])] as { [key: string]: Json }[])
      for (const key of LATER) delete one[key];
    delete older.abortedBy;
    delete older.merged;
    const read = readRunResult(older);
    const unknown = { bytes: null, bytesPerSecond: null, bytesPerSecondInterval: null };
    expect(read.strategies).toEqual(whole.strategies.map((strategy) => ({ ...strategy, ...unknown })));
    expect(read.blocks).toEqual(whole.blocks.map((block) => ({ ...block, bytes: null })));
    const [first, ...others] = whole.strategies;
    const told = { ...whole, strategies: [{ ...first, transferP90Ms: 1234 }, ...others] };
    expect(readRunResult(told).strategies[0]?.transferP90Ms).toBe(1234);
  });

  it('refuses a value of another type, and names its place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(sample())), (path) => {
        const damaged = sample();
        const parent = at(damaged, path.slice(0, -1)) as Record<string | number, Json>;
        const key = path.at(-1) as string;
        parent[key] = otherType(parent[key] as Json);
        expect(messageOf(() => readRunResult(damaged, "'a.json'"))).toMatch(
          /^'a\.json' (is damaged|is not|has)/,
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [null, "'a.json' is not a result of port20 stress --out"],
    [[], "'a.json' is not a result of port20 stress --out"],
    [
      { tool: { name: 'port20' }, formatVersion: 4 },
      "'a.json' has format version 4; this port20 reads 1, 2 and 3",
    ],
    [{ tool: { name: 'port20' } }, "'a.json' has format version undefined; this port20 reads 1, 2 and 3"],
    [
      { ...(sample() as object), durationMs: 'long' },
      "'a.json' is damaged: durationMs: expected a number, not 'long'",
    ],
    [{ ...(sample() as object), blocks: undefined }, "'a.json' is damaged: blocks is missing"],
  ])('says in one line what is wrong (%#)', (document, message) => {
    expect(messageOf(() => readRunResult(document, "'a.json'"))).toBe(message);
  });

  it('refuses a result of version 1 whose histogram is no histogram', () => {
    const kept = JSON.parse(readFileSync(FORMAT_1, 'utf8')) as { blocks: { transferTimes: string }[] };
    const blocks = kept.blocks.map((block) => ({ ...block, transferTimes: 'AAAA' }));
    const message = messageOf(() => readRunResult({ ...kept, blocks }, "'a.json'"));
    expect(message).toBe("'a.json' is damaged: a histogram cannot be read");
  });
});

describe('limits', () => {
  const withIn = (path: Path, value: Json) => {
    const changed = sample();
    (at(changed, path.slice(0, -1)) as Record<string | number, Json>)[path.at(-1) as string] = value;
    return messageOf(() => readRunResult(changed, "'a.json'"));
  };

  it.each<[Path, Json]>([
    [['blocks', 0, 'failed'], -1],
    [['blocks', 0, 'failed'], 0.5],
    [['blocks', 0, 'failures', 'bind.EADDRINUSE'], -1],
    [['blocks', 0, 'generator', 'cpuShare'], 1.01],
    [['blocks', 0, 'generator', 'runQueueShare'], -0.01],
    [['blocks', 0, 'problems', 0, 'sockets'], -1],
    [['strategies', 0, 'failureRate'], 1.000001],
    [['strategies', 0, 'failureRate'], -1e-9],
    [
      ['strategies', 0, 'interval'],
      [0.2, 0.1],
    ],
    [
      ['strategies', 0, 'interval'],
      [-1e-9, 0.1],
    ],
    [
      ['strategies', 0, 'prediction', 'interval'],
      [0, -7.9e-7],
    ],
    [
      ['strategies', 0, 'prediction', 'tolerance'],
      [0.5, 1.5],
    ],
    [['strategies', 0, 'realScaleBound'], 2],
    [['strategies', 0, 'transfersPerSecond'], -1],
    [['comparisons', 0, 'difference'], -1.1],
    [
      ['comparisons', 0, 'interval'],
      [0.1, -0.1],
    ],
    [
      ['comparisons', 0, 'interval'],
      [-1.1, 0],
    ],
    [['comparisons', 0, 'pValue'], 1.1],
    [['warnings', 0, 'needed'], 1.5],
    [['warnings', 1, 'share'], 1.5],
    [['warnings', 1, 'id'], 'what-is-not-known'],
    [['requested', 'targets'], ['no URL']],
  ])('%j is not %j', (path, value) => {
    expect(withIn(path, value)).toMatch(/^'a\.json' is damaged: [^\n]*$/);
  });
});

/** Of JSON Schema draft 2020-12: core, applicators, validation, meta-data and content, as far as they are of use here. */
const KEYWORDS: readonly string[] = [
  ...['$schema', '$id', '$defs', '$ref', 'title', 'description', 'default', 'const', 'enum', 'type'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'prefixItems'],
  ...['minItems', 'maxItems', 'minimum', 'maximum', 'exclusiveMinimum', 'minLength', 'pattern'],
  ...['anyOf', 'oneOf', 'allOf', 'contentEncoding', 'format'],
];
/** Registered by JSON Schema Validation §7.3. */
const FORMATS: readonly string[] = [
  ...['date-time', 'date', 'time', 'duration', 'email', 'idn-email', 'hostname', 'idn-hostname', 'ipv4'],
  ...['ipv6', 'uri', 'uri-reference', 'iri', 'iri-reference', 'uuid', 'uri-template', 'json-pointer'],
  ...['relative-json-pointer', 'regex'],
];

/** The schema and every one in it. */
function schemasIn(schema: Json | undefined): { [key: string]: Json }[] {
  if (Array.isArray(schema)) return schema.flatMap(schemasIn);
  if (!isObject(schema)) return [];
  const named = [schema.properties, schema.$defs].flatMap((map) => (isObject(map) ? Object.values(map) : []));
  const { additionalProperties, propertyNames, items, prefixItems, anyOf, oneOf, allOf } = schema;
  const inner = [additionalProperties, propertyNames, items, prefixItems, anyOf, oneOf, allOf];
  return [schema, ...[...named, ...inner].flatMap(schemasIn)];
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maps whose keys are data: any key may be there or not. */
function isOpen(path: Path): boolean {
  return path.at(-1) === 'failures' || path.at(-1) === 'sysctls';
}

function at(value: Json, path: Path): Json {
  return path.reduce((inner, key) => (inner as { [key: string | number]: Json })[key] as Json, value);
}

/** The place of everything inside. */
function pathsOf(value: Json, here: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...here, key];
    return [path, ...pathsOf(at(value, [key]), path)];
  });
}

/** Of a type that the schema allows nowhere in that place. */
function otherType(value: Json): Json {
  return typeof value === 'boolean' ? 'yes' : true;
}

/** Every named property of every object in the schema. */
function propertiesOf(schema: Json): [name: string, schema: Json][] {
  if (Array.isArray(schema)) return schema.flatMap(propertiesOf);
  if (!isObject(schema)) return [];
  const own = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [...own, ...Object.values(schema).flatMap(propertiesOf)];
}

function descriptionOf(schema: Json, root: Json): string {
  if (!isObject(schema)) return '';
  if (typeof schema.description === 'string') return schema.description;
  if (typeof schema.$ref !== 'string') return '';
  return descriptionOf(at(root, schema.$ref.replace('#/', '').split('/')), root);
}

function unitOf(name: string): string | undefined {
  if (name.endsWith('Ms')) return 'millisecond';
  if (/bytes$/i.test(name)) return 'bytes';
  return name.endsWith('PerSecond') ? 'per second' : undefined;
}
