// The imports of src/ against the design: which way they go, that none of them closes a circle, and what nobody takes.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import {
  circles,
  type Design,
  idleExports,
  permittedArrows,
  roomOf,
  strayImports,
  trespasses,
} from './support/import-rules.ts';
import { type Import, readModule } from './support/module.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const DESIGN: Design = {
  mayImport: {
    net: ['koffi'],
    ftp: [],
    stats: ['jstat', 'hdr-histogram-js'],
    binder: ['net'],
    server: ['binder', 'net', 'ftp', 'ftp-srv', 'pino', 'prom-client', 'unixcrypt', 'hash-wasm'],
    client: ['ftp', 'basic-ftp'],
    plan: ['stats', 'binder', 'peers/types.ts', 'yaml', 'zod'],
    result: ['plan', 'stats', 'binder/types.ts', 'peers/types.ts', 'zod'],
    predict: ['plan', 'result', 'stats', 'binder/types.ts', 'binder/strategies/index.ts'],
    judge: ['plan', 'result', 'predict', 'stats', 'binder', 'net/socket-table.ts'],
    load: ['plan', 'result', 'client', 'stats', 'net/proc.ts', 'peers/types.ts', 'p-limit'],
    run: [
      'plan',
      'result',
      'judge',
      'client',
      'load/spec.ts',
      'load/content.ts',
      'binder',
      'stats',
      'net/socket-table.ts',
      'net/table-row.ts',
      'net/tcp-states.ts',
      'net/proc.ts',
      'server/data/record.ts',
      'peers/types.ts',
      'report/export/ndjson.ts',
      'report/compare/settings.ts',
      'report/thresholds/check.ts',
      'zod',
    ],
    // Shards travel: what comes from elsewhere is read by a schema (zod), and a shard's result is judged here.
    engine: [
      'plan',
      'result',
      'load',
      'run',
      'server',
      'peers',
      'stats/holm.ts',
      'net/route.ts',
      'net/proc.ts',
      'net/namespace.ts',
      'net/tun.ts',
      'zod',
      'bullmq',
      'ioredis',
    ],
    peers: [],
    probe: ['net', 'binder', 'client', 'stats', 'ftp'],
    report: [
      'binder/types.ts',
      'binder/strategies/index.ts',
      'stats',
      'predict',
      'plan',
      'result',
      'server/data/record.ts',
      'probe/types.ts',
      '@observablehq/plot',
      'linkedom',
      'cli-table3',
      'picocolors',
    ],
    live: ['report', 'plan', 'result', 'server/control/listening.ts'],
  },
  /** The command line and the library's doors stand above everything. */
  unrestricted: ['cli', 'doors', 'index.ts'],
  leafPackages: ['fastest-levenshtein'],
};

/** Parts that a test takes by themselves; in src/ nothing does but what is beside them, or the published schema. */
const FOR_TESTS: readonly string[] = [
  'cli/progress.ts: createProgressLine',
  'live/routes.ts: isLoopbackHost',
  'net/socket-table.ts: parseSocketTable',
  'peers/peers.ts: DAEMONS',
  'peers/proftpd.ts: proftpdWith',
  'probe/cost/trend.ts: verdictOf',
  'probe/diagnose/diagnose.ts: conclude',
  'probe/doctor/gather.ts: parseGateway',
  'probe/doctor/gather.ts: parsePortRanges',
  'probe/kernel/truth-table.ts: probeTruthTable',
  'report/text/scenario.ts: retriesInWords',
  'plan/thresholds/threshold.ts: OPERATORS',
  'report/words/warnings.ts: warningsInWords',
  'stats/permutation.ts: EXACT_UP_TO_BLOCKS',
  'stats/random.ts: xoshiro128',
  'run/targets.ts: prepareTarget',
  'result/schema/json.ts: RESULT_SCHEMA_ID',
  'result/schema/json.ts: resultJsonSchema',
  'plan/order.ts: balancedRows',
  'engine/redis/find-agents.ts: sortOut',
  'engine/shard/codec.ts: encodeAttempts',
  'run/find-limit.ts: nextLevel',
  'run/find-limit.ts: planAt',
  'run/shard.ts: shares',
];

const src = namesIn('src').map((name) => readModule(name, readFileSync(`${ROOT}src/${name}`, 'utf8')));
const files = src.map(({ file }) => file);
const imports = src.flatMap((one) => one.imports);

function namesIn(folder: string): string[] {
  const names = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts'));
}

/** With what is in src/ named as it is named there. */
function importsOfTests(): Import[] {
  return namesIn('test')
    .map((name) => readModule(`test/${name}`, readFileSync(`${ROOT}test/${name}`, 'utf8')))
    .flatMap((one) => one.imports)
    .map((one) => ({ ...one, target: one.target.replace(/^src\//, '') }));
}

it('reads imports at all', () => {
  expect(imports.length).toBeGreaterThan(1000);
  expect(imports).toContainEqual({ file: 'net/libc.ts', target: 'koffi', names: ['*'] });
});

it('every import of ours names a file', () => {
  const rooms = [...Object.keys(DESIGN.mayImport), ...DESIGN.unrestricted];
  const ours = imports.filter(({ target }) => target.endsWith('.ts') || rooms.includes(roomOf(target)));
  expect(ours.filter(({ target }) => !files.includes(target))).toEqual([]);
});

it('every import goes the way of the design', () => {
  expect(trespasses(imports, DESIGN)).toEqual([]);
});

it('no imports between files close a circle, of types either', () => {
  expect(circles(imports)).toEqual([]);
});

it('the design itself ties no rooms to each other', () => {
  expect(circles(permittedArrows(DESIGN))).toEqual([]);
});

it('the FFI is loaded inside net/ alone', () => {
  expect(strayImports(imports, 'koffi', 'net')).toEqual([]);
});

it("ftp-srv's inner files are imported by one file of ours", () => {
  const inner = imports.filter(({ target }) => target.startsWith('ftp-srv/'));
  expect(strayImports(inner, 'ftp-srv', 'server/ftp-srv.ts')).toEqual([]);
});

const isDoor = (file: string) => file === 'index.ts' || roomOf(file) === 'doors';
const inside = src.filter(({ file }) => !isDoor(file));

it('nothing goes through a door but who uses the library', () => {
  expect(imports.filter(({ target }) => isDoor(target))).toEqual([]);
});

it('every export is taken by another file, or stands in the list of those for tests', () => {
  expect(idleExports(inside, imports).filter((one) => !FOR_TESTS.includes(one))).toEqual([]);
});

it('what is exported for tests is taken by one, and by nobody else', () => {
  const idleInTests = idleExports(inside, [...imports, ...importsOfTests()]);
  const forTests = idleExports(inside, imports).filter((one) => !idleInTests.includes(one));
  expect(FOR_TESTS.filter((one) => !forTests.includes(one))).toEqual([]);
});

it('only the command line uses the terminal', () => {
  const users = files.filter((file) =>
    /process\.std(?:in|out|err)\b|\bconsole\./.test(readFileSync(`${ROOT}src/${file}`, 'utf8')),
  );
  expect(users.filter((file) => roomOf(file) !== 'cli')).toEqual([]);
});

it('only the command line ends the process', () => {
  const enders = files.filter((file) =>
    /process\.exit\b(?!Code)/.test(readFileSync(`${ROOT}src/${file}`, 'utf8')),
  );
  expect(enders.filter((file) => roomOf(file) !== 'cli')).toEqual([]);
});
