// Mistakes in plans: each is told in one line that names the key, the value and the way out.
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/errors.ts';
import { parsePlan } from '../../src/plan/parse.ts';

describe('of the plan', () => {
  it.each([
    ['binders: [reuse-prot]', /^plan: binder 1: unknown binder 'reuse-prot' \(did you mean 'reuse-port'\?\)/],
    ['peers: [vsftp]', /^plan: peer 1: unknown peer 'vsftp' \(did you mean 'vsftpd'\?\): use vsftpd, /],
    ['blokcs: 3', /^plan: unknown key 'blokcs' \(did you mean 'blocks'\?\)$/],
    ['blocks: 0', /^plan: blocks: at least 1, not '0'$/],
    ['blocks: many', /^plan: blocks: expected a number, not 'many'$/],
    ['binders: reuse-port', /^plan: binders: expected a list such as \[legacy, reuse-port\]$/],
    ['peers: vsftpd', /^plan: peers: expected a list such as \[vsftpd, pure-ftpd\]$/],
    ['binders: []', /^plan: nothing to run: name binders, peers or targets$/],
    ['until: done', /^plan: until: unknown end 'done': use blocks, conclusive$/],
    ['userPi: lena', /^plan: userPi: unknown user-PI 'lena' \(did you mean 'lean'\?\): use basic-ftp, lean$/],
    ['maxTime: later', /^plan: maxTime: 'later' is not a duration such as/],
    ['requireDataPort: 3', /^plan: requireDataPort: expected true or false, not '3'$/],
    ['retry: [3000000]', /^plan: .*longer than 2147483647 ms/],
    ['retry: [2147483]', /^plan: the retry schedule and the timeout together are longer than 2147483647 ms$/],
    ['timeUnit: 0ms', /^plan: timeUnit: must be more than 0ms$/],
    ['timeUnit: quick', /^plan: timeUnit: 'quick' is not a duration such as/],
    ['retry: bds', /^plan: retry: unknown retry schedule 'bds': use bsd/],
    ['retry: [1, -2]', /^plan: retry: /],
    [
      'binders: [legacy]\nbaseline: reuse-port',
      /^plan: baseline 'reuse-port' is not among the strategies \(legacy\): add it or name one of them$/,
    ],
    ['binders: [legacy, legacy]\nbaseline: legacy#3', /baseline 'legacy#3' .* \(legacy, legacy#2\)/],
    [
      'generators: 20',
      /^plan: scenario 'a': 16 sessions cannot be shared by 20 generators: lower generators$/,
    ],
    ['workers: 20', /^plan: scenario 'a': 16 sessions cannot occupy 20 workers: lower workers$/],
    ['formatVersion: 2', /^plan: formatVersion: expected 1, not '2'$/],
    ['targets: [127.0.0.1]', /^plan: target 1: '127\.0\.0\.1' is not a server such as ftp:\/\/127/],
    ['targets: ["http://127.0.0.1/file"]', /^plan: target 1: .* is not a server such as ftp:\/\/127/],
  ])('%s', (line, message) => expectOneLine(`scenarios: [{ name: a }]\n${line}\n`, message));
});

it.each([
  ['userPi: lean', /scenario 'a': the lean client speaks no TLS: set userPi to basic-ftp$/],
  ['peers: [vsftpd]', /scenario 'a': tls is for the built-in server and for targets: /],
])('TLS with %s', (line, message) => {
  expectOneLine(`scenarios: [{ name: a, tls: explicit }]\n${line}\n`, message);
});

it('transfers that generators cannot share', () => {
  expectOneLine(
    'generators: 4\nscenarios: [{ name: a, transfers: 3 }]',
    /scenario 'a': 3 transfers cannot be shared by 4 generators: lower generators$/,
  );
});

describe('of a file', () => {
  it.each([
    ['scenarios: []', /^plan: scenarios: is empty: at least one entry is needed$/],
    ['scenarios: [{ name: a }, { name: a }]', /two scenarios are called 'a': give each its own name/],
    ['just text', /^plan: expected keys and values, not 'just text'$/],
    ['{', /not YAML/],
    ['', /^plan: expected keys and values, not nothing$/],
  ])('%s', expectOneLine);
});

describe('of a scenario', () => {
  it.each([
    ['sesions: 2', /scenario 1 'a': unknown key 'sesions' \(did you mean 'sessions'\?\)/],
    ['duration: 0ms', /duration: must be more than 0ms/],
    ['duration: -1s', /duration: '-1s' is not a duration such as/],
    ['bindToConnect: 20s', /bindToConnect 20s is not shorter than the timeout of 10s/],
    ['direction: up', /unknown direction 'up'.*use retr, stor, list/],
    ['fileSize: 2GiB', /at most 1GiB/],
    ['fileSize: "1KiB:1,2GiB:1"', /fileSize: at most 1GiB, not 2GiB/],
    ['mix: "retr:1,up:1"', /mix: unknown direction 'up': use retr, stor, list/],
    ['mix: { retr: 0 }', /mix: 'retr:0' is not a name and a weight above 0/],
    ['mix: { retr: 1 }, direction: stor', /direction and mix both say what to transfer: name one of them/],
    ['warmUp: 2s', /warmUp 2s is not shorter than a block of 2s/],
    ['clientAddresses: 17', /17 client addresses for 16 sessions: lower clientAddresses/],
    ['clientAddresses: some', /clientAddresses: /],
    [
      'clientPort: stiky',
      /unknown client port 'stiky' \(did you mean 'sticky'\?\): use fresh, sticky, default/,
    ],
    ['announce: port', /unknown announcement 'port'.*: use auto, PORT, EPRT/],
    ['network: firewal', /unknown network 'firewal'.*: use none, firewall-port-20, lossy/],
    ['login: always', /unknown login 'always': use once, each/],
  ])('%s', expectOneLineOf);
});

describe('of a workload', () => {
  it.each([
    ['workload: opne', /unknown workload 'opne' \(did you mean 'open'\?\): use closed, open, bursts/],
    ['workload: open', /an open workload needs rate \(arrivals a second\) or stages/],
    ['workload: bursts', /bursts need every, such as every: 1s/],
    ['rate: 5', /rate belongs to workload: open, not to closed/],
    ['arrivals: poisson', /arrivals belongs to workload: open, not to closed/],
    ['every: 1s', /every belongs to workload: bursts, not to closed/],
    ['workload: open, rate: 5, thinkTime: 1s', /thinkTime belongs to workload: closed, not to open/],
    ['workload: open, rate: 5, burst: 3', /burst belongs to workload: bursts, not to open/],
    ['workload: bursts, every: 1s, stages: [{ duration: 1s }]', /stages belongs to workload: closed or open/],
    ['workload: open, rate: 0', /nothing would be transferred: the open workload stays at 0/],
    [
      'stages: [{ duration: 1s, sessions: 0 }]',
      /nothing would be transferred: the closed workload stays at 0/,
    ],
    ['workload: bursts, every: 0ms', /every: must be more than 0ms/],
    [
      'workload: bursts, every: 1s, burst: 17',
      /a burst of 17 needs as many sessions, not 16: raise sessions/,
    ],
    ['workload: open, arrivals: random, rate: 5', /unknown arrivals 'random': use poisson, constant/],
    ['thinkTime: uniform(3s)', /thinkTime: 'uniform\(3s\)' is not a time such as/],
  ])('%s', expectOneLineOf);

  const ONE = '[{ duration: 1s, sessions: 4 }]';
  it.each([
    [`stages: ${ONE}, duration: 2s`, /stages say how long a block lasts: leave duration out/],
    ['stages: []', /stages: is empty: at least one entry is needed$/],
    ['stages: [{ sessions: 4 }]', /scenario 1 'a': stage 1: duration is missing$/],
    ['stages: [{ duration: 1s, sessions: 4, rampTo: 5 }]', /stage 1: say sessions .* or rampTo, one of them/],
    ['stages: [{ duration: 1s, sessions: 4 }, { duration: 1s }]', /stage 2: say sessions .* or rampTo/],
    ['stages: [{ duration: 1s, rate: 4 }]', /stage 1: say sessions .* or rampTo, one of them/],
    [
      'stages: [{ duration: 1s, sesions: 4 }]',
      /stage 1: unknown key 'sesions' \(did you mean 'sessions'\?\)/,
    ],
    ['sessions: 3, stages: [{ duration: 1s, rampTo: 4 }]', /stages reach 4 sessions of 3: raise sessions/],
    [`workload: open, stages: ${ONE}`, /stage 1: say rate .* or rampTo, one of them/],
    [
      'workload: open, rate: 5, stages: [{ duration: 1s, rate: 4 }]',
      /rate and stages both say how much arrives: name one/,
    ],
  ])('%s', expectOneLineOf);
});

it.each([
  ['peers: [vsftpd]', 'vsftpd'],
  ['targets: ["ftp://127.0.0.1:2121/file"]', 'ftp://127.0.0.1:2121/file'],
])('a network of its own is refused beside %s', (others, named) => {
  expectOneLine(
    `scenarios: [{ name: a, network: lossy }]\nbinders: [reuse-port]\n${others}`,
    new RegExp(`scenario 'a': network lossy is there for binders alone, not for '${named}': leave out peers`),
  );
});

describe('a password in the URL of a target', () => {
  it.each([
    [
      'ftp://user:hunter2@127.0.0.1:2121/file',
      /a password does not belong into a URL: use PORT20_PASSWORD or --/,
    ],
    ['ftp://:hunter2@127.0.0.1:2121/file', /a password does not belong into a URL/],
    ['fpt://user:hunter2@127.0.0.1:2121/file', /is not a server such as/],
    ['ftp://user:hunter2@127.0.0.1:port/file', /is not a server such as/],
    ['user:hunter2@127.0.0.1/file', /is not a server such as/],
    ['ftp://user:p@hunter2@127.0.0.1/file', /a password does not belong into a URL/],
    ['ftp://user:a/hunter2@127.0.0.1/file', /is not a server such as/],
  ])('%s is refused and not repeated', (url, message) => {
    const yaml = `scenarios: [{ name: a }]\ntargets: ["${url}"]`;
    expectOneLine(yaml, message);
    expect(() => parsePlan(yaml)).toThrow(/^(?!.*hunter2)/);
  });
});

function expectOneLineOf(keys: string, message: RegExp): void {
  expectOneLine(`scenarios: [{ name: a, ${keys} }]`, message);
}

function expectOneLine(yaml: string, message: RegExp): void {
  const parsing = () => parsePlan(yaml);
  expect(parsing).toThrow(UsageError);
  expect(parsing).toThrow(message);
  expect(parsing).toThrow(/^plan: [^\n]+$/);
}
