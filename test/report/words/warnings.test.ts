// Warnings and problems as sentences: what contestants share stands once, each with its own value.
import { describe, expect, it } from '@jest/globals';
import { problemInWords } from '../../../src/report/words/problems.ts';
import { warningsInWords } from '../../../src/report/words/warnings.ts';
import type { BlockProblem, RunWarning } from '../../../src/result/types.ts';

const at = (contestant: string, blocks = 1) => ({ scenario: 'a', contestant, blocks });

describe('warningsInWords', () => {
  it.each<[string, ...RunWarning[]]>([
    [
      '1 block of each strategy cannot support a claim about 2 strategies: use 6 or more',
      { id: 'few-blocks', blocks: 1, contestants: 2, needed: 6 },
    ],
    [
      '1 block was cut short with 4 transfers still running: left out of the rates',
      { id: 'cut-short', blocks: 1, cancelled: 4 },
    ],
    [
      '2 blocks were cut short with 4 transfers still running: left out of the rates',
      { id: 'cut-short', blocks: 2, cancelled: 4 },
    ],
    [
      'the blocks of a target share its address: each meets what the one before left in TIME_WAIT (rest: 61s lets it pass)',
      { id: 'shared-address' },
    ],
    [
      'the socket table cannot be read here: neither left-over sockets nor overlap could be checked',
      { id: 'no-socket-table' },
    ],
    [
      "a (legacy): a load generator used 94 % of a core: transfers/s is its limit, not the server's (more generators share it)",
      { id: 'generator-busy', share: 0.94, ...at('legacy') },
    ],
    [
      "a: a load generator waited for a free core 51 % (legacy) and up to 39 % (reuse-port) of the time: transfers/s is this machine's limit",
      { id: 'generator-starved', share: 0.512, ...at('legacy') },
      { id: 'generator-starved', share: 0.39, ...at('reuse-port', 2) },
    ],
    [
      "a (legacy, reuse-port): a load generator stood still for 300 ms: its own limit, not the server's",
      { id: 'generator-stalled', lagMs: 300.2, ...at('legacy') },
      { id: 'generator-stalled', lagMs: 299.8, ...at('reuse-port') },
    ],
    [
      "a (legacy): one in a hundred transfers started 21 ms late or more: the load was not the plan's",
      { id: 'late-starts', p99Ms: 21, ...at('legacy') },
    ],
    [
      "a: 61 % (legacy) and less than 1 % (reuse-port) of the arrivals found no idle session and were dropped: the load was less than the plan's (more sessions, or a lower rate)",
      { id: 'arrivals-dropped', share: 0.61, ...at('legacy') },
      { id: 'arrivals-dropped', share: 0.005, ...at('reuse-port') },
    ],
    [
      "a (legacy): 5 transfers failed for want of a port or a descriptor at the load generator: not the server's failures",
      { id: 'generator-failures', transfers: 5, ...at('legacy') },
    ],
    [
      'a (legacy): 1 234 connections met a full accept queue on this host (TcpExtListenOverflows)',
      { id: 'accept-queue-full', connections: 1234, ...at('legacy') },
    ],
    [
      'a (legacy): 1 socket found no room in TIME_WAIT (net.ipv4.tcp_max_tw_buckets): ports were free early, so legacy fails too seldom and, on Linux from 6.8 on, reuse-addr binds too fast',
      { id: 'time-wait-full', sockets: 1, ...at('legacy') },
    ],
    [
      'a/legacy: never two data connections at once: a block without overlap proves nothing (2 blocks)',
      { id: 'no-overlap', ...at('legacy', 2) },
    ],
    [
      'a/legacy: 1 session was lost and could not log in again: 421 full',
      { id: 'sessions-lost', sessions: 1, reason: '421 full', ...at('legacy') },
    ],
    [
      'a/legacy: 3 sessions were lost and could not log in again, the first: 421 full',
      { id: 'sessions-lost', sessions: 3, reason: '421 full', ...at('legacy') },
    ],
    ['the generator fell behind', { id: 'text', text: 'the generator fell behind' }],
  ])('%s', (text, ...warnings) => {
    expect(warningsInWords(warnings)).toEqual([text]);
  });

  it('tells a doubt once, each row with its own value while they are few', () => {
    const dropped = (scenario: string, contestant: string, share: number): RunWarning => ({
      ...{ id: 'arrivals-dropped', share, contestant, scenario, blocks: 2 },
    });
    expect(warningsInWords([dropped('a', 'x', 0.61), dropped('b', 'x', 0.3)])[0]).toMatch(
      /^up to 61 % \(x in a\) and up to 30 % \(x in b\) of the arrivals/,
    );
    expect(warningsInWords([dropped('a', 'x', 0.5), dropped('b', 'x', 0.5)])[0]).toMatch(
      /^a \(x\) and b \(x\): up to 50 % of the arrivals/,
    );
    const many = Array.from({ length: 8 }, (_, i) => dropped(i % 2 === 0 ? 'a' : 'b', `x${i}`, (i + 1) / 10));
    expect(warningsInWords(many)[0]).toMatch(
      /^a and b: 10 to 80 % \(the worst blocks of 8 rows\) of the arrivals/,
    );
  });

  it('keeps the order', () => {
    const warnings: RunWarning[] = [
      { id: 'text', text: 'first' },
      { id: 'late-starts', p99Ms: 21, ...at('legacy') },
      { id: 'late-starts', p99Ms: 22, ...at('legacy'), scenario: 'b' },
      { id: 'no-overlap', ...at('legacy') },
      { id: 'no-overlap', ...at('reuse-port') },
    ];
    expect(warningsInWords(warnings).map((text) => text.split(':')[0])).toEqual([
      'first',
      'one in a hundred transfers started 21 ms (legacy in a) and 22 ms (legacy in b) late or more',
      ...['a/legacy', 'a/reuse-port'],
    ]);
  });
});

describe('problemInWords', () => {
  it.each<[string, BlockProblem]>([
    [
      'outcomes do not add up: 9 offered, 1 + 2 + 3 + 4 counted',
      { id: 'outcomes-do-not-add-up', offered: 9, completed: 1, failed: 2, cancelled: 3, dropped: 4 },
    ],
    ['nothing was offered', { id: 'nothing-offered' }],
    ['2 sockets were on the data port before the block began', { id: 'left-over-sockets', sockets: 2 }],
    ['every session was lost: the server is gone', { id: 'server-gone' }],
    ['1 transfer of which both sides count other bytes', { id: 'unequal-bytes', transfers: 1 }],
    ['1 transfer of which both sides tell another end', { id: 'contradictory-ends', transfers: 1 }],
    ["1 transfer without a record of the server's", { id: 'transfers-without-record', transfers: 1 }],
    ["1 record of the server's without a transfer", { id: 'records-without-transfer', records: 1 }],
    ['server process 7 ended by SIGKILL', { id: 'broken-off', reason: 'server process 7 ended by SIGKILL' }],
    ['as it was said', { id: 'text', text: 'as it was said' }],
  ])('%s', (text, problem) => {
    expect(problemInWords(problem)).toBe(text);
  });
});
