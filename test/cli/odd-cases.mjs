// The odd command lines of odd.mjs, from lists of flags, bad values and files, with the exit status that each is promised.
import { join } from 'node:path';

const [OK, USAGE, PREFLIGHT] = [0, 2, 3];

/** Plans that are none, by their file. */
export function plans() {
  const scenario = (keys) => `scenarios: [{ name: a, ${keys} }]\n`;
  const bad = {
    aliases: `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]\n`)
      .join('')}`,
    manyAliases: `a: &a x\nb: [${Array(5000).fill('*a').join(', ')}]\n`,
    circle: 'a: &a [*a]\n',
    noAnchor: 'binders: *b\n',
    deep: `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    deepMaps: `a: ${'{b: '.repeat(5000)}`,
    dashes: '- '.repeat(20_000),
    manyKeys: Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join(''),
    manyScenarios: `scenarios:\n${Array.from({ length: 5000 }, (_, i) => `- name: s${i}\n`).join('')}`,
    scenarios200000: `scenarios:\n${Array.from({ length: 200_000 }, (_, i) => `- name: s${i}\n`).join('')}`,
    longText: `name: ${'x'.repeat(40_000)}\nscenarios: [{ name: a }]\n`,
    longName: `scenarios: [{ name: ${'x'.repeat(40_000)} }]\n`,
    longKey: `${'x'.repeat(500)}: 1\nscenarios: [{ name: a }]\n`,
    escape: 'name: "a\\e[31m"\nbinders: ["\\e[31m"]\nscenarios: [{ name: a }]\n',
    twoDocuments: 'name: a\n---\nname: b\n',
    tabs: '\tname: a\n',
    twice: 'name: a\nname: b\nscenarios: [{ name: a }]\n',
    noMap: 'just text\n',
    aList: '- a\n- b\n',
    nothing: 'null\n',
    comments: '# nothing else\n',
    emptyMap: '{}\n',
    scenariosText: 'scenarios: all\n',
    scenariosEmpty: 'scenarios: []\n',
    scenarioNull: 'scenarios: [null]\n',
    scenarioText: 'scenarios: [a]\n',
    scenarioNamed: 'scenarios: [{ name: "a b" }]\n',
    scenarioNameless: 'scenarios: [{ sessions: 3 }]\n',
    flow: 'scenarios: [{name: a, thinkTime: uniform(20ms, 120ms)}]\n',
    flowMix: 'scenarios: [{name: a, mix: retr:8,stor:1}]\n',
    flowSize: 'scenarios: [{name: a, fileSize: lognormal(4KiB, 1.5, 1MiB)}]\n',
    target: 'targets: ["ftp://%zz@127.0.0.1/x"]\nscenarios: [{ name: a }]\n',
    targetLine: 'targets: ["ftp://a%0d%0aQUIT@127.0.0.1/x"]\nscenarios: [{ name: a }]\n',
    tag: 'name: !!js/function "x"\nbinders: !!binary "aaaa"\nscenarios: [{ name: a }]\n',
    date: 'name: 2020-01-01\nblocks: 2020-01-01\nscenarios: [{ name: a }]\n',
    proto: '__proto__: { a: 1 }\nscenarios: [{ name: a }]\n',
    constructor: 'constructor: 3\nscenarios: [{ name: a }]\n',
    manyStages: scenario(`stages: [${Array(2000).fill('{duration: 1s, sessions: 1}').join(',')}]`),
    longStages: scenario(`stages: [${Array(10).fill('{duration: 500h, sessions: 1}').join(',')}]`),
    manyArrivals: scenario('workload: open, rate: 1000000, duration: 1h'),
    manyBursts: scenario('workload: bursts, every: 0.001ms, duration: 1h'),
    manySizes: scenario(`fileSize: "${Array.from({ length: 3 }, (_, i) => `${i + 1}GiB:1`).join(',')}"`),
    manyBlocks: `blocks: 1000\nscenarios: [${Array.from({ length: 100 }, (_, i) => `{ name: s${i} }`).join(', ')}]\n`,
    manyBinders: `binders: [${Array(3000).fill('legacy').join(', ')}]\nscenarios: [{ name: a }]\n`,
  };
  for (const [key, some] of Object.entries(PLAN_VALUES)) {
    some.forEach((value, i) => {
      bad[`${key}-${i}`] = `${key}: ${value}\nscenarios: [{ name: a }]\n`;
    });
  }
  for (const [key, some] of Object.entries(SCENARIO_VALUES)) {
    some.forEach((value, i) => {
      bad[`a-${key}-${i}`] = `scenarios: [{ name: fine }, { name: a, ${key}: ${value} }]\n`;
    });
  }
  return Object.fromEntries(Object.entries(bad).map(([name, text]) => [`${name}.yaml`, text]));
}

/** Values that a key of a plan cannot have. */
const WRONG_COUNT = [
  '-1',
  '1.5',
  '1e99',
  'many',
  'null',
  '[1]',
  '{}',
  'true',
  '"3"',
  '.inf',
  '.nan',
  '99999999999999999999',
];
const WRONG_TIME = [
  '-1s',
  '5',
  'soon',
  '1e3s',
  '0x10s',
  '1_0s',
  '+5s',
  '99999999999s',
  'null',
  '[1s]',
  '{}',
  'true',
  '""',
];
const WRONG_NAME = ['nosuch', '3', 'null', '[]', '{}', 'true', '""'];
const PLAN_VALUES = {
  formatVersion: ['2', 'one', 'null', '[]'],
  name: ['""', '3', 'null', '[]', '{}'],
  binders: ['[]', 'legacy', '[lagacy]', '[3]', '[null]', '[[]]', 'null', '{}'],
  peers: ['[]x', 'vsftpd', '[vsftp]', '[3]', '[null]'],
  targets: [
    '[127.0.0.1]',
    '["http://a/b"]',
    '["ftp://"]',
    '["ftp://h:0/x"]',
    '["ftp://h:99999/x"]',
    '[3]',
    'ftp://a/b',
  ],
  baseline: ['nosuch', '3', 'null', '[]'],
  workers: [...WRONG_COUNT, '0', '65'],
  generators: [...WRONG_COUNT, '0', '65'],
  blocks: [...WRONG_COUNT, '0', '1001'],
  seed: WRONG_COUNT,
  retry: ['bds', '[-1]', '["1"]', '[9999999]', 'null', '{}', 'true', '[.inf]', '1e3x'],
  timeUnit: [...WRONG_TIME, '0ms'],
  timeout: [...WRONG_TIME, '0ms'],
  rest: WRONG_TIME,
  maxTime: [...WRONG_TIME, '1ms'],
  until: WRONG_NAME,
  userPi: WRONG_NAME,
  onSaturation: WRONG_NAME,
  requireDataPort: ['yes', '1', 'null', '[]', '"true"'],
};
const SCENARIO_VALUES = {
  name: ['""', '"a b"', '3', 'null', '"-a"', 'fine'],
  sessions: [...WRONG_COUNT, '0', '10001'],
  duration: [...WRONG_TIME, '0ms'],
  bindToConnect: [...WRONG_TIME, '1h'],
  warmUp: [...WRONG_TIME, '2s'],
  workload: WRONG_NAME,
  thinkTime: [...WRONG_TIME, '"uniform(1s)"', '"uniform(3s, 1s)"', '"exponential()"', '"normal(1s)"'],
  rate: ['-1', 'many', 'null', '[1]', '.inf', '"5"', '5'],
  arrivals: WRONG_NAME,
  every: ['1s', '0ms', 'often'],
  burst: ['0', '3', 'many'],
  transfers: WRONG_COUNT,
  direction: WRONG_NAME,
  mix: [
    '"retr:0"',
    '"up:1"',
    '"retr:1,retr:2"',
    '"retr:0x1"',
    '"retr:1e3"',
    '{ up: 1 }',
    '{ retr: -1 }',
    '""',
    '[]',
    'null',
  ],
  fileSize: [
    '-1',
    '2GiB',
    'big',
    '"1KiB:0"',
    '"lognormal(1KiB)"',
    '"lognormal(4KiB, 0x1, 1MiB)"',
    'null',
    '[]',
  ],
  clientAddresses: ['0', '17', 'some', 'null', '1.5', '99999'],
  clientPort: WRONG_NAME,
  announce: ['port', '3', 'null'],
  login: WRONG_NAME,
  stages: [
    '[]',
    '{}',
    'null',
    '[null]',
    '[{}]',
    '[{ duration: 1s }]',
    '[{ duration: 0s, sessions: 1 }]',
    '[{ duration: 1s, sessions: 99 }]',
  ],
};

/** Configuration files that are none, by the folder they are in. */
export function configs() {
  return {
    text: 'just text\n',
    list: '- a\n',
    broken: '{\n',
    unknown: 'bindr: legacy\n',
    nothing: 'binder:\n',
    badValue: 'binder: legcy\n',
    toggle: 'json: perhaps\n',
    binary: Buffer.from([0, 255, 254, 1, 2]),
    nul: 'a: "b\0"\n',
    huge: `# ${'x'.repeat(300_000)}\n`,
    deep: '['.repeat(10_000),
    aliases: `a: &a x\nb: [${Array(500).fill('*a').join(', ')}]\n`,
    map: 'binder: { a: 1 }\n',
    fileMap: 'out: { a: 1 }\n',
    mapInList: 'peer: [{ a: 1 }]\n',
    listInList: 'out: [[a], b]\n',
    yes: 'out: true\n',
    duration: 'rest: 99999999999s\ntime-unit: 5\n',
    twice: 'binder: legacy\nbinder: reuse-port\n',
    emptyFile: 'out: ""\n',
    documents: 'binder: legacy\n---\nbinder: legacy\n',
    proto: '__proto__: { binder: legacy }\nnosuch: 1\n',
  };
}

/** What no number is. Every numeric flag refuses each. */
const NO_NUMBERS = [
  '',
  ' ',
  '0x10',
  '1e3',
  '1_000',
  '+5',
  '-1',
  ' 5',
  '5 ',
  'five',
  'NaN',
  'Infinity',
  '１',
  '5,5',
  '--',
];
const NO_DURATIONS = [
  '',
  '5',
  '-1s',
  '1e3s',
  '0x10s',
  '+5s',
  '1_0s',
  ' 5s',
  '5d',
  'soon',
  '99999999999s',
  '2147483648ms',
];
const NO_NAMES = ['', ' ', 'nosuch', 'NOSUCH', '3', 'x'.repeat(40_000), 'a\nb', '\u001b[31mred', "it's"];
const NO_FILES = [
  '',
  ' ',
  'no/such/folder/file',
  'folder',
  'circle',
  `${'x'.repeat(300)}`,
  'empty/file',
  'folder/',
];
const NO_INPUT = [
  '',
  'no/such/file',
  'folder',
  'circle',
  'x'.repeat(300),
  'binary',
  'nul',
  'latin1',
  '/dev/zero',
  '/proc/self/mem',
];

const COUNTS = {
  serve: ['--workers', '--data-port', '--max-sessions', '--max-sessions-per-address'],
  stress: [
    '--sessions',
    '--blocks',
    '--workers',
    '--generators',
    '--transfers',
    '--burst',
    '--client-addresses',
    '--seed',
    '--rate',
    '--agents',
  ],
  predict: ['--sessions', '--blocks', '--seed', '--rate'],
  compare: ['--margin'],
  probe: ['--sessions', '--data-port'],
};
const DURATIONS = {
  serve: [
    '--time-unit',
    '--bind-to-connect',
    '--connect-timeout',
    '--stall-timeout',
    '--linger',
    '--keep-parts',
  ],
  stress: [
    '--duration',
    '--warm-up',
    '--rest',
    '--max-time',
    '--time-unit',
    '--bind-to-connect',
    '--every',
    '--think-time',
    '--agents-within',
    '--agent-silence',
  ],
  shard: ['--gap'],
  predict: ['--hold', '--service', '--duration'],
  probe: ['--patience'],
};
const NAMES = {
  serve: ['--binder', '--links', '--log-level', '--retry', '--listen', '--connect-retry'],
  stress: [
    '--binder',
    '--peer',
    '--target',
    '--retry',
    '--workload',
    '--arrivals',
    '--direction',
    '--mix',
    '--file-size',
    '--client-port',
    '--announce',
    '--login',
    '--user-pi',
    '--until',
    '--engine',
    '--redis',
    '--on-saturation',
    '--threshold',
    '--dashboard',
    '--baseline',
  ],
  predict: ['--binder', '--retry'],
  compare: ['--format'],
  report: ['--format', '--threshold'],
  probe: ['--format', '--listen'],
  agent: ['--redis', '--address', '--allow'],
  shard: ['--shard', '--start-at'],
};

/** @yields { args, expect?, says?, env?, folder? } */
export function* allCases(cwd) {
  yield* ofFlags(cwd, COUNTS, NO_NUMBERS);
  yield* ofFlags(cwd, DURATIONS, NO_DURATIONS);
  yield* ofFlags(cwd, NAMES, NO_NAMES);
  yield* ofTooMuch();
  yield* ofOutputs();
  yield* ofInputs();
  for (const name of Object.keys(plans())) {
    // What the same text says in YAML: numbers and names may be right there.
    yield {
      args: ['stress', name, '--dry-run'],
      expect: MAY_BE_RIGHT.includes(name) ? [OK, USAGE] : [USAGE],
    };
  }
  for (const name of Object.keys(configs()))
    yield { args: ['stress', '--dry-run'], folder: join(cwd, 'configs', name) };
  for (const command of ['serve', 'stress', 'predict', 'probe', 'compare', 'report']) {
    for (const name of ['of-a-folder', 'of-nothing', 'broken']) {
      yield { args: [command, ...needed(cwd, command)], folder: join(cwd, 'configs', name) };
    }
  }
  yield* ofVariables();
  yield* ofCombinations();
  yield* ofCommands(cwd);
}

/** An empty name of a plan's key is what YAML makes of it. */
const MAY_BE_RIGHT = ['seed-3.yaml', 'date.yaml', 'comments.yaml', 'proto.yaml', 'tag.yaml'];

/** Arguments without which a command is refused for another reason. */
function needed(cwd, command) {
  if (command === 'compare') return [join(cwd, 'result.json'), join(cwd, 'result.json')];
  return command === 'report' ? [join(cwd, 'result.json')] : [];
}

function* ofFlags(cwd, table, bad) {
  for (const [command, flags] of Object.entries(table)) {
    for (const flag of flags) {
      for (const value of bad) {
        if (isRight(flag, value)) continue;
        yield { args: [command, ...needed(cwd, command), flag, value] };
      }
    }
  }
}

/** What looks odd and is documented. */
function isRight(flag, value) {
  if (/retry$/.test(flag)) return value === '3';
  if (flag === '--file-size') return value === '3';
  if (flag === '--dashboard') return value === '' || value === ' ';
  return false;
}

function* ofTooMuch() {
  const most = {
    '--sessions': ['10001', '9007199254740993', '0'],
    '--blocks': ['1001', '0', '99999999999999999999'],
    '--workers': ['65', '0'],
    '--generators': ['65', '0'],
    '--transfers': ['1000000001', '99999999999999999999'],
    '--client-addresses': ['0', '17', '10001'],
    '--seed': ['4294967296', '99999999999999999999'],
    '--rate': ['0', '1000001', '1.5.5', '.'],
    '--burst': ['0', '10001'],
    '--duration': ['0s', '25d', '600h'],
    '--warm-up': ['2s', '1h'],
    '--bind-to-connect': ['10s', '1h'],
    '--file-size': [
      '2GiB',
      '1e3',
      '99999999999999GiB',
      '1KiB:0',
      '1KiB:1e3',
      'lognormal(0B, 1, 1MiB)',
      'lognormal(4KiB, -1, 1MiB)',
    ],
    '--retry': ['1,2,x', Array(2000).fill('1').join(','), '-1', '1e3', '0x1'],
    '--binder': [Array(1000).fill('legacy').join(','), 'legacy,', ',', 'legacy;reuse-port'],
    '--mix': ['retr:8,retr:1', 'retr', 'retr:0', 'retr:0x8', 'retr:+8', 'up:1'].filter(
      (mix) => mix !== 'retr',
    ),
    '--max-time': ['1ms', '600h'],
    '--threshold': [
      'nosuch.failureRate < 1',
      'legacy.failureRat < 1',
      'legacy.failureRate',
      'legacy.failureRate < 0x1',
      '*.failureRate < 200%',
      'a/b/c.failed < 1',
      ';',
      'legacy.failureRate < 1 < 2',
    ],
    '--target': [
      'ftp://%zz@127.0.0.1/x',
      'ftp://a%0aQUIT@127.0.0.1/x',
      'ftp://127.0.0.1/%00',
      'ftp://127.0.0.1/%ff',
      'ftp://a:b@127.0.0.1/x',
      'ftp://127.0.0.1:0/x',
      'ftp://127.0.0.1:99999/x',
      'http://127.0.0.1/x',
      '127.0.0.1',
      'ftp://[::1/x',
      'ftp://127.0.0.1/',
    ],
  };
  for (const [flag, some] of Object.entries(most)) {
    for (const value of some) yield { args: ['stress', flag, value, '--dry-run'] };
  }
  yield { args: ['stress', '--rate', '1000000', '--duration', '24h', '--dry-run'] };
  yield { args: ['stress', '--every', '0.000001ms', '--duration', '24h', '--dry-run'] };
  yield {
    args: ['stress', '--blocks', '1000', '--binder', Array(50).fill('legacy').join(','), '--dry-run'],
    expect: [OK, USAGE],
  };
  yield { args: ['predict', '--duration', '500h'] };
  yield { args: ['predict', '--duration', '1h', '--service', '0.000001ms'] };
  yield {
    args: [
      'predict',
      '--rate',
      '1000',
      '--sessions',
      '10000',
      '--duration',
      '1h',
      '--retry',
      Array(999).fill('0').join(','),
    ],
  };
  yield { args: ['serve', '--retry', '3000000'] };
  yield { args: ['serve', '--workers', '100000'] };
  yield { args: ['serve', '--data-port', '65536'] };
  yield { args: ['serve', '--data-port', '0'] };
  yield { args: ['compare', 'result.json', 'result.json', '--margin', '1.01'] };
  yield { args: ['compare', 'result.json', 'result.json', '--margin', '101%'] };
  yield { args: ['compare', 'result.json', 'result.json', '--margin', '1e-3'] };
  yield { args: ['probe', 'ftp://%zz@127.0.0.1/x'] };
  yield { args: ['probe', 'ftp://a%0aQUIT@127.0.0.1/x'] };
  yield { args: ['probe', 'ftp://127.0.0.1:0'] };
  yield { args: ['probe', 'ftp://192.0.2.1'] };
  yield { args: ['probe', 'ftp://127.0.0.1:1'], expect: [PREFLIGHT] };
  yield { args: ['probe', 'nonsense'] };
  yield { args: ['probe', ''] };
  yield { args: ['probe', 'x'.repeat(40_000)] };
  for (const command of ['conform', 'diagnose']) {
    yield { args: [command, 'ftp://a%0aQUIT@127.0.0.1/x'] };
    yield { args: [command, 'ftp://192.0.2.1'] };
    yield { args: [command, 'ftp://127.0.0.1:1'], expect: [PREFLIGHT] };
    yield { args: [command, ''] };
    yield { args: [command, 'x'.repeat(40_000)] };
  }
  yield { args: ['conform', '--only', ''] };
  yield { args: ['conform', '--only', 'x'.repeat(40_000)] };
  yield { args: ['diagnose'] };
}

/** The files that a command writes: before there is anything to lose. */
function* ofOutputs() {
  const stress = ['stress', '--sessions', '2', '--duration', '1s', '--dry-run'];
  const report = ['report', 'result.json'];
  const commands = [
    [stress, ['--out', '--attempts', '--html', '--junit', '--openmetrics']],
    [report, ['--html', '--junit', '--openmetrics']],
  ];
  for (const [args, flags] of commands) {
    for (const flag of flags) {
      for (const file of NO_FILES)
        yield { args: [...args, flag, file], expect: file.trim() === '' ? [USAGE] : [PREFLIGHT] };
      for (const other of flags.filter((one) => one !== flag)) {
        for (const [a, b] of [
          ['x', 'x'],
          ['x', './x'],
          ['folder/x', 'folder/../folder//x'],
          ['dangling', 'not-there-yet'],
        ]) {
          yield { args: [...args, flag, a, other, b], says: /is the same file as/ };
        }
      }
    }
  }
  for (const flag of ['--out', '--html', '--attempts']) {
    yield { args: ['stress', 'good.yaml', '--dry-run', flag, 'good.yaml'], says: /same file as the plan/ };
    yield { args: [...stress, '--dir', 'folder', flag, 'folder/plan.yaml'], says: /file of the run's own/ };
    yield {
      args: [...stress, '--dir', 'folder', flag, 'folder/blocks/0001.json'],
      says: /file of the run's own/,
    };
  }
  yield { args: ['report', 'link.json', '--html', 'result.json'], says: /same file as the result/ };
  yield { args: ['report', 'result.json', '--html', 'link.json'], says: /same file as the result/ };
  yield { args: ['stress', '--dir', ''] };
  yield { args: ['stress', '--resume', ''] };
  for (const folder of ['no/such', 'folder', 'empty', 'binary', 'x'.repeat(300)])
    yield { args: ['stress', '--resume', folder] };
}

function* ofInputs() {
  for (const file of NO_INPUT) {
    yield { args: ['stress', file, '--dry-run'] };
    yield { args: ['predict', file] };
    yield { args: ['report', file] };
    yield { args: ['compare', file, 'result.json'] };
    yield { args: ['compare', 'result.json', file] };
    yield { args: ['predict', '--from', file] };
    yield { args: ['stress', '--config', file, '--dry-run'], expect: [USAGE] };
    yield { args: ['stress', '--target', 'ftp://127.0.0.1:1/x', '--password-file', file, '--dry-run'] };
    if (file !== '' && file !== 'folder') yield { args: ['serve', '--root', file], expect: [USAGE] };
    yield { args: ['serve', '--users', file] };
    yield { args: ['serve', '--banner-file', file] };
    yield { args: ['user', 'list', '--users', file] };
    if (file !== 'no/such/file') yield { args: ['user', 'add', 'mo', '--users', file] };
    // Bytes of which no text can be made can be sent, too.
    if (file !== 'latin1')
      yield { args: ['user', 'add', 'mo', '--users', 'new', '--password-file', file], says: /password/ };
  }
  for (const file of [
    'empty',
    'a.json',
    'list.json',
    'number.json',
    'other.json',
    'version.json',
    'hollow.json',
    'deep.json',
    'good.yaml',
  ]) {
    yield { args: ['report', file] };
    yield { args: ['compare', file, 'result.json'] };
    yield { args: ['predict', '--from', file] };
  }
}

function* ofVariables() {
  const stress = ['stress', '--dry-run'];
  yield { args: stress, env: { PORT20_BINDR: 'legacy' }, says: /did you mean 'PORT20_BINDER'/ };
  yield { args: stress, env: { PORT20_XYZZY: '1' }, says: /not a setting$/m };
  yield { args: stress, env: { PORT20_: '1' } };
  yield { args: stress, env: { PORT20_QUIET: 'perhaps' } };
  yield { args: stress, env: { PORT20_QUIET: '1' }, expect: [OK] };
  yield { args: stress, env: { PORT20_CONFIG: 'no/such' } };
  yield { args: stress, env: { PORT20_CONFIG: '' } };
  for (const [name, value] of Object.entries({
    SESSIONS: '0x10',
    DURATION: '5',
    BINDER: 'legcy',
    RATE: '1e3',
    OUT: '',
    HTML: ' ',
    RETRY: 'bds',
    SEED: '-1',
    JSON: 'maybe',
    REST: '99999999999s',
  })) {
    yield { args: stress, env: { [`PORT20_${name}`]: value }, says: new RegExp(`PORT20_${name}`) };
  }
  yield {
    args: ['stress', '--target', 'ftp://127.0.0.1:1/x', '--dry-run'],
    env: { PORT20_PASSWORD: 'a\r\nQUIT' },
    says: /^(?!.*QUIT)/,
  };
}

/** Flags that would be ignored beside others. */
function* ofCombinations() {
  const idle = [
    'probe --patience 5s',
    'probe --i-own-this-server',
    'probe --listen 127.0.0.1:21',
    'probe --data-port 20',
    'probe --sessions 5',
    'probe --format md --json',
    'probe --cost --doctor',
    'probe --cost ftp://127.0.0.1',
    'probe --doctor --patience 5s',
    'stress --password-file good.yaml --dry-run',
    'stress --i-own-this-server --dry-run',
    'stress --allow-env-diff --dry-run',
    'stress --print-plan --json',
    'stress --print-plan --out x',
    'stress --print-plan --html x',
    'stress --print-plan --dashboard',
    'stress --print-plan --dry-run',
    'stress --print-plan --dir x',
    'stress --print-plan --attempts x',
    'stress --print-plan --threshold legacy.failed<1',
    'stress --target ftp://127.0.0.1/x --retry bsd --dry-run',
    'stress --target ftp://127.0.0.1/x --workers 2 --dry-run',
    'stress --target ftp://127.0.0.1/x --bind-to-connect 1ms --dry-run',
    'stress --binder reuse-port --time-unit 5ms --dry-run',
    'stress --direction list --file-size 1KiB --dry-run',
    'stress --binder reuse-port --until conclusive --dry-run',
    'stress --direction retr --mix stor:1 --dry-run',
    'stress --rate 5 --every 1s --dry-run',
    'stress --rate 5 --burst 2 --dry-run',
    'stress --workload closed --rate 5 --dry-run',
    'stress --workload open --dry-run',
    'stress --workload bursts --dry-run',
    'stress --arrivals constant --dry-run',
    'stress --burst 4 --dry-run',
    'stress --workload open --rate 5 --think-time 1s --dry-run',
    'stress --resume folder --sessions 3',
    'stress good.yaml --resume folder',
    'stress --resume folder --dir x',
    'stress --resume folder --dry-run',
    'stress --baseline nosuch --dry-run',
    'stress --binder legacy --baseline reuse-port --dry-run',
    'stress --sessions 2 --workers 4 --dry-run',
    'stress --sessions 2 --generators 4 --dry-run',
    'stress --dashboard 0.0.0.0:8020x --dry-run',
    'predict --from result.json good.yaml',
    'predict --from result.json --sessions 3',
    'predict --from result.json --hold 1ms',
    'predict --password-file x',
    'compare result.json',
    'compare result.json --candidate nosuch',
    'compare result.json --candidate legacy --allow-env-diff',
    'compare result.json result.json --baseline nosuch',
    'compare result.json result.json --scenario nosuch',
    'compare result.json --baseline reuse-port --candidate reuse-port',
    'report result.json --threshold nosuch.failed<1',
    'serve --binder ephemeral --data-port 2000',
    'serve --dashboard',
    'serve extra',
  ];
  for (const line of idle) yield { args: line.split(' ') };
}

function* ofCommands(cwd) {
  const commands = ['serve', 'stress', 'compare', 'predict', 'report', 'probe'];
  for (const command of commands) {
    yield { args: [command, '-h'], expect: [OK], says: null };
    yield { args: [command, '--help'], expect: [OK], says: null };
    yield { args: ['help', command], expect: [OK], says: null };
    for (const flag of ['--nosuch', '-x', '--nosuch=1', `--${'x'.repeat(40_000)}`, '--bindr', '---', '-']) {
      yield { args: [command, ...needed(cwd, command), flag] };
    }
    yield { args: [command, 'a', 'b', 'c'] };
    yield { args: [command.slice(0, -1)], says: new RegExp(`[Dd]id you mean '?${command}`) };
    yield { args: ['help', command.slice(1)], says: new RegExp(`did you mean '${command}'`) };
    yield { args: [command, '--config'] };
    yield { args: [command, '--no-color=1', ...needed(cwd, command)] };
  }
  for (const args of [
    ['nosuch'],
    ['help', 'nosuch'],
    ['help', 'serve', 'stress'],
    [''],
    [' '],
    ['x'.repeat(40_000)],
    ['a\nb'],
    ['--nosuch'],
    ['-x'],
    ['--config'],
    ['-v'],
    ['compare'],
    ['report'],
    ['compare', 'a', 'b', 'c'],
  ]) {
    yield { args };
  }
  for (const args of [['--version'], ['-h'], ['--help'], ['help']]) yield { args, expect: [OK], says: null };
  for (const flag of ['--binder', '--sessions', '--out', '--duration', '--threshold', '--html', '--resume'])
    yield { args: ['stress', flag] };
}
